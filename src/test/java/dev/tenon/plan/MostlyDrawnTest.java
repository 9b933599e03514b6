package dev.tenon.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A load that draws most of a model beside as many unused tensors says so first. */
class MostlyDrawnTest {
  @TempDir Path directory;

  @Test
  void mostDrawnAndAsManyUnused() {
    LoadPlan plan =
        PlanText.plan(
            Weights.of("a", "x", "y").open(directory), Models.of("a", "b", "c").tie("c", "b"));
    assertThat(plan.warnings()).hasSize(2);
    assertThat(plan.warnings().get(0))
        .startsWith("Most of the model is drawn at random")
        .endsWith("drawn=2, of=3, unexpected=2, missing=b, instead of=x");
  }

  @Test
  void aLargeMatrixIsMostOfAModelToo() {
    Models model = Models.of("a", "b").parameter("c", 100, 100);
    assertThat(PlanText.plan(Weights.of("a", "b", "x").open(directory), model).warnings())
        .hasSize(1);
  }

  @Test
  void fewDrawnOrFewUnusedIsOrdinary() {
    Models model = Models.of("a", "b", "c", "d", "e", "f");
    assertThat(PlanText.plan(Weights.of("a", "b", "c", "d", "x", "y").open(directory), model))
        .extracting(LoadPlan::warnings)
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
        .isEmpty();
    assertThat(PlanText.plan(Weights.of("a", "x").open(directory), model).warnings()).isEmpty();
  }
}
