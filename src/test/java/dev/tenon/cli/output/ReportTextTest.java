package dev.tenon.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.cli.Cli;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @ParameterizedTest
  @CsvSource({
    "mmap,     auto,    mapped 65.9 kB",
    "populate, auto,    populated 65.9 kB",
    "copy,     auto,    copied 65.9 kB",
    "mmap,     float64, converted 65.9 kB"
  })
  void itSaysHowBytesBecameTensors(String residency, String dtype, String way) {
    Path path = SCENARIOS.resolve("gemma2-tied-source-only");

    String load = Cli.run("load", path, "--residency", residency, "--dtype", dtype).out();

    assertThat(load).contains("\nfrom files: " + way);
    assertThat(Cli.run("plan", path).out()).doesNotContain("from files");
  }

  @Test
  void aPlanTakesNoBytesSoItHasNoRate() {
    String plan = Cli.run("plan", SCENARIOS.resolve("gemma2-tied-source-only")).out();

    assertThat(plan.strip()).matches("(?s).*, total [0-9.]+ m?s");
  }
}
