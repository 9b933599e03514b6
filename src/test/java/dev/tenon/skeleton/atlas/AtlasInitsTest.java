package dev.tenon.skeleton.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.init.Fans;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.InitRule.Normal;
import dev.tenon.skeleton.init.InitRule.Part;
import dev.tenon.skeleton.init.InitStep;
import dev.tenon.skeleton.registry.Families;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A document says what its slots get, and what nobody knows. */
class AtlasInitsTest {
  private static final Path MADE = Path.of("src/test/resources/atlas/made.json");

  @TempDir private Path directory;

  private static Skeleton made(String config) {
    return Families.skeleton(
        Families.document(MADE), "MadeModel", Config.parse("config.json", config));
  }

  private static List<InitRule> rules(Skeleton skeleton, String slot) {
    return skeleton.steps().stream()
        .filter(step -> skeleton.slots().get(step.slot()).name().equals(slot))
        .map(InitStep::rule)
        .toList();
  }

  @Test
  void stepsHaveTheNumbersOfTheConfig() {
    Skeleton skeleton = made("{\"std\": 0.5}");

    assertThat(rules(skeleton, "embed.weight"))
        .containsExactly(new Normal(0, 0.25), new Part(0, 1, 1, InitRule.ZEROS));
    assertThat(rules(skeleton, "other.weight"))
        .containsExactly(new InitRule.KaimingUniform(0.5, Fans.Mode.FAN_OUT));
  }

  @Test
  void aNumberThatIsNullIsSaidWhenItIsNeeded() {
    Skeleton skeleton = made("{\"std\": null, \"pad\": null, \"layers\": 3}");

    assertThat(rules(skeleton, "head.weight").get(0).known()).isFalse();
    assertThat(rules(skeleton, "embed.weight")).noneMatch(InitRule::known);
  }

  @Test
  void aModuleComesAfterItsChildren() {
    assertThat(rules(made("{}"), "head.bias"))
        .containsExactly(InitRule.ZEROS, new InitRule.Constant(1.0 / 3));
  }

  @Test
  void whatNobodyKnowsSaysSo() {
    assertThat(rules(made("{}"), "head.weight")).last().isEqualTo(InitRule.UNKNOWN);
    assertThat(rules(made("{}"), "forgotten")).containsExactly(InitRule.UNKNOWN);
  }

  @Test
  void whatIsComputedIsComputed() {
    assertThat(rules(made("{}"), "times")).allMatch(InitRule.Computed.class::isInstance);
    assertThat(rules(made("{}"), "mask")).allMatch(InitRule.Computed.class::isInstance);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{\"rope_theta\": 100}; false",
        "{\"rope_parameters\": {\"rope_theta\": 100, \"rope_type\": \"default\"}}; true",
        "{\"rope_parameters\": {\"rope_theta\": 100, \"rope_type\": \"linear\", \"factor\": 2}};"
            + " true",
        "{\"rope_scaling\": {\"type\": \"linear\", \"factor\": 2}, \"rope_theta\": 100}; true",
        "{\"rope_parameters\": {\"rope_theta\": 100, \"rope_type\": \"linear\"}}; false",
        "{\"rope_parameters\": {\"rope_theta\": 100, \"rope_type\": \"yarn\", \"factor\": 2}};"
            + " false",
        "{\"rope_parameters\": {\"rope_theta\": 100, \"rope_type\": \"odd\"}}; false",
        "{\"rope_parameters\": {\"rope_theta\": 100, \"rope_type\": \"linear\", \"factor\": 2,"
            + " \"partial_rotary_factor\": 0.5}}; false",
      })
  void rotaryFrequenciesAreScaledWhereAllIsKnown(String config, boolean known) {
    InitRule rule = rules(made(config), "inv_freq").get(0);

    assertThat(rule instanceof InitRule.Computed).isEqualTo(known);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{}; stage3",
        "{\"out_features\": [\"stem\", \"stage2\"]}; stem stage2",
        "{\"out_indices\": [1, -1]}; stage1 stage3",
      })
  void aBackboneGivesOutWhatItsConfigAsksFor(String config, String names) {
    assertThat(made(config).slots().stream().map(Slot::name))
        .filteredOn(name -> name.endsWith("bias") && name.startsWith("norms"))
        .containsExactly(
            List.of(names.split(" ")).stream()
                .map(name -> "norms." + name + ".bias")
                .toArray(String[]::new));
  }

  @Test
  void aStageThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> made("{\"out_features\": [\"stage7\"]}"))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("out_features");
    assertThatThrownBy(() -> made("{\"out_indices\": [9]}"))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("out_indices");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "\"rule\": \"ones\"; \"rule\": \"twos\"; rule",
        "\"init\": \"wide\"; \"init\": \"wild\"; init=wild",
        "{\"init\": \"own\"}; {\"init\": \"none\"}; init=none",
        "\"slot\": \"times\"; \"slot\": \"space\"; space",
        ", \"std\": \"std / 2\"; ; std",
      })
  void anotherDocumentIsRefused(String from, String to, String reason) throws IOException {
    String text = Files.readString(MADE).replace(from, to == null ? "" : to);
    Path file = Files.writeString(directory.resolve("a.json"), text);

    assertThatThrownBy(
            () -> Families.skeleton(Families.document(file), "MadeModel", Config.parse("c", "{}")))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining(reason);
  }
}
