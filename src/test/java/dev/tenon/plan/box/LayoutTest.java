package dev.tenon.plan.box;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Sizes that only an empty tensor can have: a header may state them, and they take no byte. */
class LayoutTest {
  private static final long HUGE = 1L << 62;

  @Test
  void sizesAreAddedOrRefusedButNeverWrapAround() {
    Layout empty = empty(HUGE, 0);

    assertThat(Layout.concatenate(List.of(empty, empty(5, 0)), 0).shape())
        .isEqualTo(Shape.of(HUGE + 5, 0));
    // Four of them would be none.
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Layout.concatenate(List.of(empty, empty, empty, empty), 0))
        .withMessageStartingWith("too many indices to count");
  }

  @Test
  void elementsAreCountedOrRefused() {
    Layout empty = empty(0, HUGE);
    assertThat(Layout.stack(List.of(empty, empty), 0).shape()).isEqualTo(Shape.of(2, 0, HUGE));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Layout.stack(List.of(empty(HUGE, 0), empty(HUGE, 0)), 0))
        .withMessageStartingWith("too many elements to count");
  }

  @Test
  void aSliceForEachIndexIsForAsManyAsModelsHave() {
    Assertions.assertTimeoutPreemptively(
        Duration.ofMinutes(1),
        () ->
            assertThatIllegalArgumentException()
                .isThrownBy(() -> empty(HUGE, 0).unstack(0))
                .withMessageContaining("has too many slices along dimension 0"));
    assertThat(empty(3, 0).unstack(0)).hasSize(3);
    assertThat(empty(HUGE, 0).chunk(0, 2))
        .extracting(Layout::shape)
        .containsExactly(Shape.of(HUGE / 2, 0), Shape.of(HUGE / 2, 0));
  }

  private static Layout empty(long... dims) {
    return Layout.of(new TensorEntry("t", DType.F32, Shape.of(dims), Path.of("f"), 0, null));
  }
}
