package dev.tenon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model that no family states: loaded under its own names, or through a skeleton file. */
class UnknownModelTest {
  private static final Path OLMOE = Path.of("src/test/resources/skeletons/olmoe.json");

  @TempDir private Path directory;

  @BeforeEach
  void aCheckpointOfNoFamily() throws IOException {
    Path weights = Path.of("src/test/resources/scenarios/bart-shared/model.safetensors");
    Files.copy(weights, directory.resolve("model.safetensors"));
    Files.writeString(
        directory.resolve("config.json"),
        "{\"architectures\": [\"NovelForCausalLM\"], \"model_type\": \"novel\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plan", "load"})
  void itsOwnNamesAreItsSlots(String command) throws IOException {
    JsonNode inspected = Cli.run("inspect", directory, "--json").json();
    Cli cli = Cli.run(command, directory, "--json");

    assertThat(cli.status()).isZero();
    assertThat(cli.json().get("warnings").get(0).textValue())
        .contains("nothing can be found missing")
        .contains("file=" + directory);
    assertThat(cli.json().get("missing")).isEmpty();
    assertThat(cli.json().get("unexpected")).isEmpty();
    assertThat(cli.json().get("tensors")).hasSameSizeAs(inspected.get("tensors"));
    assertThat(cli.json().get("tensors")).allMatch(t -> t.get("origin").asText().equals("loaded"));
  }

  @Test
  void aSkeletonFileDescribesIt() throws IOException {
    JsonNode skeleton = Cli.run("skeleton", directory, "--skeleton", OLMOE, "--json").json();
    JsonNode init = Cli.run("init", directory, "--skeleton", OLMOE, "--digest", "--json").json();

    assertThat(skeleton.get("class").textValue()).isEqualTo("OlmoeForCausalLM");
    assertThat(skeleton.get("tied").get("lm_head.weight").textValue())
        .isEqualTo("model.embed_tokens.weight");
    assertThat(init.get("tensors")).hasSize(27).allMatch(t -> t.get("crc32").isTextual());
  }

  @Test
  void aFileOfAnotherModelIsSaidSo() {
    Cli cli = Cli.run("load", directory, "--skeleton", OLMOE);

    assertThat(cli.status()).isEqualTo(1);
    assertThat(cli.err()).contains("class=OlmoeForCausalLM").hasLineCount(1);
  }

  @Test
  void aBadFileIsOneLine() throws IOException {
    Path bad = Files.writeString(directory.resolve("bad.json"), "{\"format\": \"other\"}");
    Cli cli = Cli.run("plan", directory, "--skeleton", bad);

    assertThat(cli.status()).isEqualTo(1);
    assertThat(cli.err()).contains("file=" + bad + ", field=format").hasLineCount(1);
  }
}
