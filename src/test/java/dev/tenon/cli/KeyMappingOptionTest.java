package dev.tenon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyMappingOptionTest {
  private static final Path TIED = Path.of("src/test/resources/scenarios/gemma2-tied-source-only");

  @Test
  void severalActInOrder(@TempDir Path directory) throws IOException {
    Object[] mapped = {
      "--key-mapping", "^model\\.(layers|norm)=old.\\1", "--key-mapping", "^old=model", "--json"
    };
    JsonNode plan =
        Cli.run("plan", TIED, mapped[0], mapped[1], mapped[2], mapped[3], "--json").json();

    assertThat(plan.get("missing")).isEmpty();
    assertThat(plan.get("warnings")).isEmpty();
    Cli save =
        Cli.run("save", TIED, directory.resolve("out"), mapped[0], mapped[1], mapped[2], mapped[3]);
    assertThat(save.status()).isZero();
    JsonNode saved = Cli.run("inspect", directory.resolve("out"), "--json").json();
    assertThat(saved.toString()).contains("model.norm.weight").doesNotContain("old.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"load", "plan"})
  void anExpressionThatIsNoneIsWrongUsage(String command) {
    Cli cli = Cli.run(command, TIED, "--key-mapping", "(model=x");

    assertThat(cli.status()).isEqualTo(2);
    assertThat(cli.err()).contains("regex=(model").hasLineCount(1);
  }

  @Test
  void aConfigAloneHasNoKeys() {
    assertThat(Cli.run("init", TIED, "--key-mapping", "a=b").status()).isEqualTo(2);
  }
}
