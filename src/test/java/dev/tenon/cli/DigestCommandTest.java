package dev.tenon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code digest}, {@code load --check} and {@code verify --nan}, as a shell sees them. */
class DigestCommandTest {
  private static final Path GOLDEN = Path.of("src/test/resources/integrity");
  private static final Path MODEL = Path.of("src/test/resources/scenarios/gemma2-sharded");

  @TempDir private Path directory;

  @Test
  void printsWhatSha256sumReads() throws Exception {
    Cli digest = Cli.run("digest", MODEL);
    assertThat(digest.status()).isZero();
    JsonNode golden = Cli.run("digest", MODEL, "--json").json();
    assertThat(golden)
        .isEqualTo(new ObjectMapper().readTree(GOLDEN.resolve("gemma2-sharded.json").toFile()));
    List<String> lines = digest.out().lines().toList();
    assertThat(lines).hasSize(7);
    assertThat(lines.get(0))
        .isEqualTo(
            golden.get("files").get(0).get("sha256").textValue()
                + "  model-00001-of-00007.safetensors");
  }

  @Test
  void whatIsWrittenCanBeChecked() throws IOException {
    Path file = directory.resolve("digest.json");
    Cli written = Cli.run("digest", MODEL, "--write", file);
    assertThat(written.status()).isZero();
    assertThat(written.out()).startsWith(file + ": ").contains("in 7 files");
    Cli checked = Cli.run("digest", MODEL, "--check", file);
    assertThat(checked.status()).isZero();
    assertThat(checked.out()).startsWith(MODEL + ": as " + file + " says, ");
    JsonNode json = Cli.run("digest", MODEL, "--check", file, "--json").json();
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly("path", "digest", "equal", "files", "tensors", "bytes");
    assertThat(Cli.run("load", MODEL, "--check", file, "--json").json().get("missing")).isEmpty();
  }

  @Test
  void aDifferenceIsOneLineAndStatus1() throws IOException {
    Path file = directory.resolve("digest.json");
    String golden = Files.readString(GOLDEN.resolve("gemma2-sharded.json"));
    Files.writeString(file, golden.replaceFirst("weight\": \"[0-9a-f]{8}", "weight\": \"00000000"));
    for (String command : List.of("digest", "load")) {
      Cli differs = Cli.run(command, MODEL, "--check", file);
      assertThat(differs.status()).isOne();
      assertThat(differs.out()).isEmpty();
      assertThat(differs.err().lines())
          .singleElement()
          .asString()
          .contains("A tensor differs from its digest: file=" + MODEL, "expected=00000000");
    }
  }

  @Test
  void whoeverMayReadOtherNewFilesMayReadADigest() throws IOException {
    Path other = Files.createFile(directory.resolve("other"));
    Path file = directory.resolve("digest.json");
    Cli.run("digest", MODEL, "--write", file);
    assertThat(Files.getPosixFilePermissions(file)).isEqualTo(Files.getPosixFilePermissions(other));
  }

  @Test
  void whereNoDigestCanBeWrittenIsSaidInALine() {
    for (Path place : List.of(Path.of("/"), directory, directory.resolve("no/file"))) {
      Cli refused = Cli.run("digest", MODEL, "--write", place);
      assertThat(refused.status()).isOne();
      assertThat(refused.err().lines())
          .singleElement()
          .asString()
          .contains("The digest cannot be written: file=" + place);
    }
  }

  @Test
  void bothAtOnceIsWrongUsage() {
    Cli both = Cli.run("digest", MODEL, "--write", "a", "--check", "b");
    assertThat(both.status()).isEqualTo(2);
    assertThat(both.err()).contains("written or checked, not both");
  }

  @Test
  void valuesThatAreNoNumbersAreListed() throws IOException {
    Path file = GOLDEN.resolve("specials.safetensors");
    Cli text = Cli.run("verify", file, "--nan");
    assertThat(text.status()).isZero();
    assertThat(text.out()).contains("every byte read, 17 tensors hold NaN or infinity:", "293 NaN");
    JsonNode json = Cli.run("verify", file, "--nan", "--json").json();
    assertThat(json.get("dataRead").booleanValue()).isTrue();
    assertThat(json.get("nonFinite")).hasSize(17);
    assertThat(json.get("nonFinite").get(0).fieldNames())
        .toIterable()
        .containsExactly("file", "name", "dtype", "nan", "infinite");
    assertThat(Cli.run("verify", MODEL, "--nan").out()).contains("all values finite");
    assertThat(Cli.run("verify", MODEL, "--data", "--json").json().has("nonFinite")).isFalse();
  }
}
