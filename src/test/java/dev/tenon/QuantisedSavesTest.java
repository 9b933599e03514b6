package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.nativecore.NativeCore;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plain models saved as 8-bit floats in blocks. */
class QuantisedSavesTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");
  private static final SaveOptions FP8 = SaveOptions.defaults().quantise(Quantise.FP8_BLOCKS);

  @TempDir Path dir;

  private static JsonNode said(Path checkpoint) throws IOException {
    return new JsonMapper()
        .readTree(checkpoint.resolve("config.json").toFile())
        .get("quantization_config");
  }

  /** Tensors that have scales, without layer and expert numbers. */
  private static Set<String> packed(Path checkpoint) {
    Set<String> packed = new TreeSet<>();
    for (TensorEntry entry : Tenon.inspect(checkpoint).entries()) {
      if (entry.name().endsWith("_scale_inv")) {
        packed.add(entry.name().replaceAll("\\d+", "N").replace(".weight_scale_inv", ""));
      }
    }
    return packed;
  }

  @Test
  void linearLayersAndExpertsArePackedAndNothingElse() throws IOException {
    Path out = dir.resolve("out");
    try (Model model =
        Tenon.load(SCENARIOS.resolve("mixtral-experts-separate"), LoadOptions.defaults())) {
      model.save(out, FP8);
    }
    assertThat(packed(out))
        .containsExactly(
            "model.layers.N.block_sparse_moe.experts.N.wN",
            "model.layers.N.self_attn.k_proj",
            "model.layers.N.self_attn.o_proj",
            "model.layers.N.self_attn.q_proj",
            "model.layers.N.self_attn.v_proj");
    assertThat(said(out).toString())
        .isEqualTo(
            "{\"quant_method\":\"fp8\",\"fmt\":\"e4m3\",\"activation_scheme\":\"dynamic\","
                + "\"weight_block_size\":[128,128],\"modules_to_not_convert\":[\"lm_head\"]}");
  }

  @ParameterizedTest
  @CsvSource({"gemma2-tied-source-only", "llama-sharded", "mixtral-experts-separate"})
  void whatIsReadBackIsAsNearAsThreeBitsOfMantissaAllow(String scenario) {
    Assumptions.assumeTrue(NativeCore.available());
    LoadOptions floats = LoadOptions.builder().dtype(DType.F32).build();
    Path out = dir.resolve("out");
    try (Model model = Tenon.load(SCENARIOS.resolve(scenario), floats)) {
      model.save(out, FP8);
      try (Model back = Tenon.load(out, floats)) {
        assertThat(back.names()).isEqualTo(model.names());
        assertThat(back.report().missing()).isEqualTo(model.report().missing());
        assertThat(back.report().unexpected()).isEmpty();
        assertThat(back.tied()).isEqualTo(model.tied());
        for (String name : model.parameters()) {
          double largest = model.tensor(name).abs().max().item_double();
          double off = model.tensor(name).sub(back.tensor(name)).abs().max().item_double();
          assertThat(off).as(name).isLessThanOrEqualTo(largest / 16 + 1e-9);
        }
        assertThat(back.digests().get("model.embed_tokens.weight"))
            .isEqualTo(model.digests().get("model.embed_tokens.weight"));
      }
    }
  }

  /** Numbers that were packed once are what they are, and packed again as they were. */
  @Test
  void packingAgainChangesNothingMore() {
    Assumptions.assumeTrue(NativeCore.available());
    LoadOptions floats = LoadOptions.builder().dtype(DType.F32).build();
    Path once = dir.resolve("once");
    Path twice = dir.resolve("twice");
    try (Model model = Tenon.load(SCENARIOS.resolve("llama-sharded"), floats)) {
      model.save(once, FP8);
    }
    try (Model model = Tenon.load(once, floats)) {
      model.save(twice, FP8);
      try (Model back = Tenon.load(twice, floats)) {
        for (String name : model.parameters()) {
          double largest = model.tensor(name).abs().max().item_double();
          double off = model.tensor(name).sub(back.tensor(name)).abs().max().item_double();
          assertThat(off).as(name).isLessThanOrEqualTo(largest * 1e-6);
        }
      }
    }
  }

  @Test
  void aModelWithoutLinearLayersIsRefused() {
    Path out = dir.resolve("out");
    try (Model model = Tenon.load(SCENARIOS.resolve("gpt2-tied"), LoadOptions.defaults())) {
      assertThatThrownBy(() -> model.save(out, FP8))
          .isInstanceOf(TenonException.class)
          .hasMessageMatching("Nothing says which .*|There is nothing to quantise: .*");
    }
    assertThat(out).doesNotExist();
  }

  @Test
  void weightsThatStayPackedAreRefused() {
    Path layout = Path.of("src/test/resources/quantised/loads/gptq-4bit-g32-desc-act-zeros");
    LoadOptions keep = LoadOptions.builder().quantised(Quantised.KEEP).build();
    try (Model model = Tenon.load(layout, keep)) {
      assertThatThrownBy(() -> model.save(dir.resolve("out"), FP8))
          .isInstanceOf(TenonException.class)
          .hasMessageContaining("stay packed are not quantised anew: tensor=a.weight, remedy=");
    }
  }

  @Test
  void aModelThatNothingDescribesIsRefused() throws IOException {
    Path from = Files.createDirectories(dir.resolve("from"));
    Path weights = Path.of("src/test/resources/quantised/loads/bnb-int8/model.safetensors");
    Files.copy(weights, from.resolve("model.safetensors"));
    Assumptions.assumeTrue(NativeCore.available());
    try (Model model = Tenon.load(from, LoadOptions.defaults())) {
      assertThatThrownBy(() -> model.save(dir.resolve("out"), FP8))
          .isInstanceOf(TenonException.class)
          .hasMessageContaining("Nothing says which weights are those of linear layers");
    }
  }
}
