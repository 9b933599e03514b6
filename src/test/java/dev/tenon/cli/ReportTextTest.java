package dev.tenon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What a person sees. */
class ReportTextTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");

  @Test
  void layersAreFoldedAndOriginsNamed() {
    String out = Cli.run("load", SCENARIOS.resolve("gemma2-tied-source-only")).out();

    assertThat(out.lines()).first().isEqualTo("Gemma2ForCausalLM (gemma2), float32 on cpu");
    assertThat(out)
        .containsPattern("model\\.layers\\.\\{0-2}\\.mlp\\.up_proj\\.weight +loaded .* × 3")
        .containsPattern("lm_head\\.weight +tied .* model\\.embed_tokens\\.weight");
  }

  @Test
  void whatIsMissingOrDiffersIsListed() {
    assertThat(Cli.run("plan", SCENARIOS.resolve("gemma2-some-missing")).out())
        .contains("missing: model.layers.{0-2}.input_layernorm.weight");
    assertThat(
            Cli.run("plan", SCENARIOS.resolve("gemma2-wrong-shape-ignored"), "--ignore-mismatched")
                .out())
        .contains("mismatched: model.norm.weight: checkpoint [5], model [24]");
    assertThat(Cli.run("load", SCENARIOS.resolve("gemma2-tied-both-different")).out())
        .contains("warning: ");
  }

  @Test
  void sizesAndDurationsEndIt() {
    String load = Cli.run("load", SCENARIOS.resolve("gemma2-tied-source-only")).out();

    assertThat(load).contains("loaded 65.9 kB, initialized 28 B, saved by ties 9.31 kB");
    assertThat(load.strip()).matches("(?s).*, total [0-9.]+ m?s \\([0-9.]+ [kMG]?B/s\\)");
  }

  @Test
  void aPlanTakesNoBytesSoItHasNoRate() {
    String plan = Cli.run("plan", SCENARIOS.resolve("gemma2-tied-source-only")).out();

    assertThat(plan.strip()).matches("(?s).*, total [0-9.]+ m?s");
  }
}
