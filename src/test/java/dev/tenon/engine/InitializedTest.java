package dev.tenon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InitializedTest {
  private static final List<Slot> SLOTS =
      Stream.of("a", "b", "c")
          .map(n -> new Slot(n, Shape.of(1), DType.F32, Slot.Role.PARAMETER, false, true))
          .toList();

  private final Initialized bits = new Initialized(SLOTS);

  @Test
  void aBitIsSetOnce() {
    assertThat(bits.isClear(1)).isTrue();
    bits.set(1);
    assertThat(bits.isClear(1)).isFalse();
    assertThatThrownBy(() -> bits.set(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("slot=b");
  }

  @Test
  void theFirstClearSlotIsNamed() {
    bits.set(0);
    assertThatThrownBy(bits::verifyAll)
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("slot=b, unwritten=2");
  }

  @Test
  void allSetIsRight() {
    bits.set(2);
    bits.set(0);
    bits.set(1);
    assertThatCode(bits::verifyAll).doesNotThrowAnyException();
  }
}
