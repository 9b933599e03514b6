package dev.tenon.plan;

import static dev.tenon.plan.PlanText.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.plan.names.KeyMapping;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where one prefix would do, it is said, with the option that does it. */
class PrefixHintTest {
  private static final Models MODEL =
      Models.of("model.layers.0.w", "model.layers.1.w", "lm_head.w").basePrefix("model");

  @TempDir Path directory;

  @Test
  void aPrefixToTakeOff() {
    Weights weights =
        Weights.of(
            "language_model.model.layers.0.w",
            "language_model.model.layers.1.w",
            "language_model.lm_head.w",
            "vision.blocks.0.w",
            "vision.blocks.1.w",
            "vision.blocks.2.w",
            "vision.blocks.3.w");

    assertThatThrownBy(() -> plan(weights.open(directory), MODEL))
        .hasMessageContaining("Nothing in the checkpoint matches the model")
        .hasMessageEndingWith(
            "3 of 7 keys that fill no slot would without the prefix language_model.: give"
                + " --key-mapping '^language_model\\.=' (LoadOptions.keyMapping).");
  }

  @Test
  void aPrefixOfSeveralSegments() {
    Weights weights =
        Weights.of("base_model.model.model.layers.0.w", "base_model.model.model.layers.1.w");

    assertThatThrownBy(() -> plan(weights.open(directory), MODEL))
        .hasMessageContaining("--key-mapping '^base_model\\.model\\.='");
  }

  @Test
  void aPrefixToAdd() {
    Models model = Models.of("language_model.model.layers.0.w", "language_model.model.norm.w");
    Weights weights = Weights.of("model.layers.0.w", "model.norm.w");

    assertThatThrownBy(() -> plan(weights.open(directory), model))
        .hasMessageContaining("2 of 2 keys that fill no slot would with the prefix language_model.")
        .hasMessageContaining("--key-mapping '^=language_model.'");
  }

  @Test
  void whatAToolPutThereIsPartOfIt() {
    Weights weights = Weights.of("module.x.lm_head.w", "module.x.model.layers.0.w");

    assertThatThrownBy(() -> plan(weights.open(directory), MODEL))
        .hasMessageContaining("--key-mapping '^module\\.x\\.='");
  }

  @Test
  void theOptionDoesWhatIsSaid() {
    Weights weights = Weights.of("module.x.lm_head.w", "module.x.model.layers.0.w");
    PlanOptions options =
        new PlanOptions(null, false, List.of(KeyMapping.parse("^module\\.x\\.=")));

    assertThat(plan(weights.open(directory), MODEL, options).missing())
        .containsExactly("model.layers.1.w");
  }

  @Test
  void aWarningWhereSomethingMatches() {
    Weights weights =
        Weights.of("x.model.layers.0.w", "x.model.layers.1.w", "lm_head.w", "vision.w");

    assertThat(plan(weights.open(directory), MODEL).warnings())
        .singleElement()
        .asString()
        .startsWith("Most of what is missing is in the files under other names: 2 of 3 keys");
  }

  @Test
  void nothingWherePrefixesDoNotHelp() {
    assertThat(plan(Weights.of("lm_head.w", "x.y.z").open(directory), MODEL).warnings()).isEmpty();
    assertThatThrownBy(() -> plan(Weights.of("a.b", "c.d").open(directory), MODEL))
        .hasMessageEndingWith("first=a.b");
  }

  @Test
  void nothingOfATargetThatATieFills() {
    Models model = Models.of("embed.w", "lm_head.w").tie("lm_head.w", "embed.w");

    assertThat(plan(Weights.of("embed.w", "x.lm_head.w").open(directory), model).warnings())
        .isEmpty();
  }
}
