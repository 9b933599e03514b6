package dev.tenon.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.quantised.Headers;
import dev.tenon.quantised.Quantisation;
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
        "bnb-nf4-double",
        "ct-fp8-channel",
        "ct-int4-g128",
        "ct-int8-w8a8",
        "fp8-block-llama",
        "gptq-8bit-channel",
        "hqq-4bit-g64",
        "mlx-mixed-8bit",
        "modelopt-nvfp4",
        "mxfp4-gpt-oss",
        "quanto-int8",
        "torchao-int8"
      })
  void noOptionAndNoLackOfAConfigLetsThemPass(String layout) throws IOException {
    Headers headers = Headers.of(layout);
    Checkpoint checkpoint = headers.open(directory);

    assertThatThrownBy(() -> Planner.plan(checkpoint, LINEAR, headers.config(), IGNORE_MISMATCHED))
        .isInstanceOf(TenonException.class)
        .hasMessageStartingWith("The checkpoint is quantised, and Tenon does not unpack this")
        .hasMessageContaining("file=" + directory + ", scheme=")
        .hasMessageContaining(", tensors=")
        .hasMessageEndingWith("unpack and save it.");
    assertThatThrownBy(() -> Planner.plan(checkpoint, LINEAR, Config.defaults(), IGNORE_MISMATCHED))
        .hasMessageContaining("quantised");
    assertThatThrownBy(() -> Planner.plan(checkpoint, Quantisation.NONE, PlanOptions.DEFAULT))
        .hasMessageContaining("quantised");
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
        .hasMessageContaining("compressed-tensors int-quantized");
  }

  @Test
  void aLoadInEightBitFloatsDoesNotMakeThemPlain() throws IOException {
    Checkpoint checkpoint =
        new Headers()
            .add(DType.F8_E4M3, "a.weight", 2)
            .add(DType.F32, "a.weight_scale", 2)
            .open(directory);
    assertThatThrownBy(
            () ->
                PlanText.plan(
                    checkpoint, Models.of("a.weight"), new PlanOptions(DType.F8_E4M3, false)))
        .hasMessageContaining("scheme=fp8");
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
