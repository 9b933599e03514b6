package dev.tenon.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.quantised.Headers;
import dev.tenon.quantised.Quantisation;
import dev.tenon.quantised.formula.Operation;
import dev.tenon.quantised.formula.Unpacked;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is packed is refused, whatever was asked for, and what is plain is not. */
class PackedWeightsTest {
  private static final PlanOptions IGNORE_MISMATCHED = new PlanOptions(DType.F32, true);
  private static final Skeleton LINEAR =
      new Models()
          .parameter("model.layers.0.self_attn.q_proj.weight", 256, 256)
          .parameter("model.layers.0.mlp.down_proj.weight", 256, 128)
          .skeleton();

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aqlm-2x8",
        "awq-gemm-g128",
        "bitnet-packed",
        "bnb-int8",
        "ct-fp8-channel",
        "ct-int8-w8a8",
        "ct-mxfp4",
        "ct-nvfp4",
        "fp8-block-llama",
        "gptq-8bit-channel",
        "mlx-mixed-8bit",
        "mlx-mxfp4",
        "modelopt-fp8-tensor",
        "modelopt-nvfp4",
        "quanto-int8",
        "torchao-int8"
      })
  void theyAreWeightsToAPlanAndTheirPartsAreNothingElse(String layout) throws IOException {
    Headers headers = Headers.of(layout);

    LoadPlan plan =
        Planner.plan(headers.open(directory), LINEAR, headers.config(), IGNORE_MISMATCHED);

    assertThat(plan.missing()).isEmpty();
    assertThat(plan.mismatched()).isEmpty();
    assertThat(plan.unexpected()).allMatch(name -> name.matches(".*(weight|bias|weight_format)"));
    assertThat(plan.steps()).anyMatch(Step::unpacks).allMatch(Step.Read.class::isInstance);
    assertThat(plan.warnings()).anyMatch(line -> line.contains("unpacked as they are loaded"));
  }

  /** Names and dtypes a scheme cannot do without, of matrices. */
  @ParameterizedTest
  @CsvSource({
    "eetq, I8, a.weight, F16, a.weight_scales",
    "marlin, I32, a.B, F16, a.s",
    "exl2, I32, a.q_weight, I32, a.q_scale",
    "exl3, I16, a.trellis, F16, a.suh",
    "compressed-tensors marlin-24, I32, a.weight_packed, I16, a.weight_meta",
    "compressed-tensors sparse-bitmask, U8, a.weight.bitmask, F16, a.weight.compressed",
    "spqr, I32, a.dense_weights, I64, a.in_perm"
  })
  void aSchemeThatIsNotUnpackedIsRefusedByName(
      String scheme, DType packed, String name, DType other, String companion) throws IOException {
    Checkpoint checkpoint =
        new Headers().add(packed, name, 8, 8).add(other, companion, 8, 1).open(directory);
    PlanOptions options = new PlanOptions(null, true);
    Skeleton model = new Models().parameter("a.weight", 8, 8).skeleton();

    assertThatThrownBy(() -> Planner.plan(checkpoint, model, Config.defaults(), options))
        .isInstanceOf(TenonException.class)
        .hasMessageStartingWith("The checkpoint is quantised, and Tenon does not unpack this")
        .hasMessageContaining("file=" + directory + ", scheme=" + scheme)
        .hasMessageContaining(", tensors=")
        .hasMessageEndingWith("unpack and save it.");
    assertThatThrownBy(() -> Planner.plan(checkpoint, Quantisation.NONE, PlanOptions.DEFAULT))
        .hasMessageContaining("quantised");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gemv", "gemv_fast", "exllama"})
  void otherLayoutsOfAWQAreRefused(String version) throws IOException {
    Headers headers = Headers.of("awq-gemm-g128");
    Config config = Config.parse("config.json", headers.configText().replace("gemm", version));
    assertThatThrownBy(
            () -> Planner.plan(headers.open(directory), LINEAR, config, IGNORE_MISMATCHED))
        .hasMessageContaining("does not unpack this scheme")
        .hasMessageContaining("scheme=awq");
  }

  @ParameterizedTest
  @CsvSource({"autobitlinear, SCALE", "bitlinear, DIVIDE"})
  void aLayerOfBitNetSaysWhatItsScaleDoes(String kind, Operation operation) throws IOException {
    Headers headers = Headers.of("bitnet-packed");
    Config config =
        Config.parse("config.json", headers.configText().replace("autobitlinear", kind));

    LoadPlan plan = Planner.plan(headers.open(directory), LINEAR, config, IGNORE_MISMATCHED);

    assertThat(plan.steps())
        .extracting(step -> ((Unpacked) ((Step.Read) step).entry()).formula().operation())
        .containsOnly(operation);
  }

  @Test
  void blocksOfASizeThatNobodySaysAreRefused() throws IOException {
    Headers headers = Headers.of("fp8-block-llama");
    assertThatThrownBy(
            () ->
                Planner.plan(headers.open(directory), LINEAR, Config.defaults(), IGNORE_MISMATCHED))
        .hasMessageContaining("a packed weight's tensors do not fit together")
        .hasMessageContaining("no config says how large");
  }

  @Test
  void whatTheModelHasInThatNameAndDTypeIsPlain() throws IOException {
    Checkpoint checkpoint =
        new Headers()
            .add(DType.I8, "a.weight", 2)
            .add(DType.F32, "a.weight_scale", 2)
            .open(directory);
    Models own = Models.of("a.weight_scale").buffer("a.weight", DType.I8, Slot.Role.BUFFER, false);
    assertThat(PlanText.steps(PlanText.plan(checkpoint, own)))
        .containsExactly("a.weight_scale < a.weight_scale", "a.weight < a.weight");
    assertThatThrownBy(() -> PlanText.plan(checkpoint, Models.of("a.weight", "a.weight_scale")))
        .hasMessageContaining("scheme=compressed-tensors int-quantized");
  }

  @Test
  void aLoadInEightBitFloatsDoesNotMakeThemPlain() throws IOException {
    Checkpoint checkpoint =
        new Headers()
            .add(DType.F8_E4M3, "a.weight", 2, 2)
            .add(DType.F32, "a.weight_scale", 2)
            .open(directory);
    Models model = new Models().parameter("a.weight", 2, 2);
    assertThatThrownBy(
            () -> PlanText.plan(checkpoint, model, new PlanOptions(DType.F8_E4M3, false)))
        .hasMessageStartingWith("Packed weights are unpacked to float32, bfloat16")
        .hasMessageContaining("tensor=a.weight, dtype=float8_e4m3fn");
  }

  @Test
  void aConfigThatPromisesThemOverPlainWeightsIsAWarning() throws IOException {
    Checkpoint checkpoint = new Headers().add(DType.F32, "a.weight", 2).open(directory);
    Config config =
        Config.parse("config.json", "{\"quantization_config\":{\"quant_method\":\"unknown\"}}");

    LoadPlan plan =
        Planner.plan(checkpoint, Models.of("a.weight").skeleton(), config, PlanOptions.DEFAULT);

    assertThat(plan.warnings()).hasSize(1);
    assertThat(plan.warnings().get(0))
        .contains("quantised", "field=quantization_config, quant_method=unknown");
    assertThat(plan.missing()).isEmpty();
    List<String> unnamed =
        Planner.plan(checkpoint, Quantisation.of(config), PlanOptions.DEFAULT).warnings();
    assertThat(unnamed).anyMatch(warning -> warning.contains("quant_method=unknown"));
  }
}
