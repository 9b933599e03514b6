package dev.tenon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exit statuses and the one line on stderr that other programs rely on. */
class StatusTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "fetch",
        "load",
        "load a b",
        "load . --dtype float33",
        "load . --dtype int8",
        "load . --device tpu",
        "load . --rng mersenne",
        "load . --residency disk",
        "load . --seed x",
        "verify . --strict",
        "inspect --json",
        "save .",
        "save . out --max-shard-size 0",
        "save . out --max-shard-size 5XB"
      })
  void wrongUsageIsStatusTwo(String line) {
    Cli cli = Cli.run((Object[]) line.split(" "));

    assertThat(cli.status()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).startsWith("tenon: ").contains(". See: tenon").hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "load, No such file: file=./nowhere",
    "plan, No such file: file=./nowhere",
    "inspect, No such file: file=./nowhere",
    "verify, No such file: file=./nowhere",
    "init, No such config: file=./nowhere",
    "skeleton, No such config: file=./nowhere"
  })
  void badInputIsStatusOneAndOneLine(String command, String message) {
    Cli cli = Cli.run(command, "./nowhere", "--json");

    assertThat(cli.status()).isEqualTo(1);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).isEqualTo("tenon: " + message + System.lineSeparator());
  }

  @Test
  void aModelWithoutBytesCannotBeSaved(@TempDir Path dir) {
    Path out = dir.resolve("out");
    Cli cli =
        Cli.run("save", SCENARIOS.resolve("gemma2-sharded"), out, "--device", "meta", "--json");

    assertThat(cli.status()).isEqualTo(1);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).startsWith("tenon: A model on meta has no bytes").hasLineCount(1);
    assertThat(out).doesNotExist();
  }

  @Test
  void aStackTraceComesOnlyWithDebug() {
    assertThat(Cli.run("verify", "./nowhere").err()).doesNotContain("\tat ");
    assertThat(Cli.run("verify", "./nowhere", "--debug").err()).contains("\tat dev.tenon.");
  }

  @Test
  void everyMismatchIsNamedBeforeAnythingIsRead() {
    Cli cli = Cli.run("load", SCENARIOS.resolve("gemma2-wrong-shape"));

    assertThat(cli.status()).isEqualTo(1);
    assertThat(cli.err()).contains("model.norm.weight", "[24]", "[5]").hasLineCount(1);
  }

  @Test
  void aConfigThatIsNotJsonIsNamed(@TempDir Path dir) throws IOException {
    Path config = Files.writeString(dir.resolve("config.json"), "{\n\"model_type\": ,\n}");

    Cli cli = Cli.run("skeleton", config);

    assertThat(cli.status()).isEqualTo(1);
    assertThat(cli.err()).startsWith("tenon: Config is not JSON: file=" + config).hasLineCount(1);
  }

  @Test
  void helpAndVersionAreNoErrors() {
    assertThat(Cli.run("--help"))
        .satisfies(
            help -> {
              assertThat(help.status()).isZero();
              assertThat(help.out())
                  .contains(
                      "demo", "load", "save", "plan", "init", "skeleton", "inspect", "verify");
            });
    assertThat(Cli.run("load", "--help").out()).contains("--ignore-mismatched", "--residency");
    assertThat(Cli.run("--version").out()).startsWith("tenon ");
  }
}
