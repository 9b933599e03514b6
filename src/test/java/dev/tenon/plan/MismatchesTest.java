package dev.tenon.plan;

import static dev.tenon.plan.PlanText.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of shapes that differ. */
class MismatchesTest {
  @TempDir Path directory;

  @Test
  void aHeadOfOtherLabelsMayBeInitialised() {
    Weights weights = Weights.of("a", "b", "c", "d").add("head", 3);

    assertThatThrownBy(() -> plan(weights.open(directory), Models.of("a", "b", "c", "d", "head")))
        .hasMessageContaining("tensors=1, tensor=head expected=[2] actual=[3].")
        .hasMessageEndingWith("Allow mismatched shapes to initialise these anew.");
  }

  @Test
  void manyAreCountedAndFiveShownWithoutThatAdvice() {
    Weights weights = Weights.of();
    Models model = Models.of();
    for (char name = 'a'; name < 'h'; name++) {
      weights.add(String.valueOf(name), 3);
      model.parameter(String.valueOf(name), 2);
    }

    assertThatThrownBy(() -> plan(weights.open(directory), model))
        .hasMessageContaining("tensors=7, tensor=a ")
        .hasMessageEndingWith("tensor=e expected=[2] actual=[3] and 2 more");
  }

  @Test
  void emptyOnesWereNeverGathered() {
    Weights weights = Weights.of("a", "b", "c", "d", "e").add("f", 0);
    Models model = Models.of("a", "b", "c", "d", "e", "f");

    assertThatThrownBy(() -> plan(weights.open(directory), model))
        .hasMessageContaining("tensors=1, tensor=f expected=[2] actual=[0]. 1 are empty")
        .hasMessageContaining("ZeRO stage 3")
        .hasMessageNotContaining("Allow");
    assertThat(plan(weights.open(directory), model, new PlanOptions(null, true)).warnings())
        .singleElement()
        .asString()
        .contains("ZeRO stage 3");
  }
}
