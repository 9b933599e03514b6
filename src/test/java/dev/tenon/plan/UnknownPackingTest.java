package dev.tenon.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.names.Conversion;
import dev.tenon.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A weight that is packed in a way nobody has described is not drawn. */
class UnknownPackingTest {
  private static final Config NEW =
      Config.parse("config.json", "{\"quantization_config\":{\"quant_method\":\"new\"}}");

  @TempDir Path directory;

  private static Models model() {
    return Models.of("base.norm").parameter("base.a.weight", 4, 4).basePrefix("base");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"base.a.numbers", "a.numbers", "a.weight.numbers", "a.weight_numbers", "a.x.y_z"})
  void smallIntegersInItsPlaceGiveItAway(String name) {
    Weights weights = Weights.of("norm").add(DType.I32, name, 4, 2);
    assertThatThrownBy(() -> PlanText.plan(weights.open(directory), model()))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining(
            "quantised in a way that Tenon does not know: file=%s, tensor=base.a.weight, found=%s, tensors=1"
                .formatted(directory, name));
  }

  @Test
  void soDoThoseInThePlaceOfItsParts() {
    Conversion stack =
        new Conversion(
            "",
            List.of("experts.*.weight"),
            List.of("experts"),
            List.of(new Conversion.Operation.Stack(0)));
    Models model = Models.of("norm").parameter("experts", 2, 4, 4).convert(stack);
    Weights weights = Weights.of("norm").add(DType.U8, "experts.0.numbers", 4, 2);
    assertThatThrownBy(() -> PlanText.plan(weights.open(directory), model))
        .hasMessageContaining("tensor=experts, found=experts.0.numbers");
  }

  @Test
  void whereTheConfigSaysSoFloatsDoToo() {
    Weights weights = Weights.of("norm").add("a.numbers", 4, 2);
    assertThatThrownBy(
            () ->
                Planner.plan(weights.open(directory), model().skeleton(), NEW, PlanOptions.DEFAULT))
        .hasMessageContaining("found=a.numbers, tensors=1, quant_method=new");
    assertThat(PlanText.plan(weights.open(directory), model()).missing())
        .containsExactly("base.a.weight");
  }

  @Test
  void indicesAndWhatStandsElsewhereDoNot() {
    Weights weights =
        Weights.of("norm")
            .add(DType.I64, "a.position_ids", 1, 4)
            .add(DType.I32, "b.numbers", 4, 2)
            .add(DType.U8, "norm_mask", 4);
    assertThat(PlanText.plan(weights.open(directory), model()).missing())
        .containsExactly("base.a.weight");
  }

  @Test
  void aWeightThatIsThereMayHaveIntegersBesideIt() {
    Weights weights = Weights.of("norm").add("a.weight", 4, 4).add(DType.I32, "a.numbers", 4, 2);
    assertThat(PlanText.plan(weights.open(directory), model()).unexpected())
        .containsExactly("a.numbers");
  }
}
