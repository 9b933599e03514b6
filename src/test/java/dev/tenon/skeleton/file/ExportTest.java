package dev.tenon.skeleton.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tenon.LoadOptions;
import dev.tenon.Tenon;
import dev.tenon.plan.LoadPlan;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.registry.Families;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The two lines of {@code docs/skeleton-json.md}, from a directory of no meaning. Skipped where
 * {@code python3}, or what {@code -Dtenon.python} names, has no {@code transformers}.
 */
class ExportTest {
  private static final String PYTHON = System.getProperty("tenon.python", "python3");
  private static final Path SCRIPT = Path.of("src/main/python/export_skeleton.py").toAbsolutePath();
  private static final Path LLAMA = Path.of("src/test/resources/compute/llama");

  @TempDir private Path checkpoint;
  @TempDir private Path elsewhere;

  @BeforeAll
  static void python() throws InterruptedException {
    boolean found;
    try {
      found = new ProcessBuilder(PYTHON, "-c", "import transformers").start().waitFor() == 0;
    } catch (IOException e) {
      found = false;
    }
    assumeThat(found).as("transformers for %s; -Dtenon.python names another", PYTHON).isTrue();
  }

  @BeforeEach
  void copy() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(LLAMA)) {
      for (Path file : files) {
        Files.copy(file, checkpoint.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void theFileIsWrittenWhereALoadFindsIt() throws Exception {
    Path file = checkpoint.resolve(SkeletonFile.NAME);
    assertThat(export(checkpoint.toString())).isEqualTo(file.toString());
    assertThat(elsewhere).isEmptyDirectory();

    LoadPlan plan = Tenon.plan(checkpoint, LoadOptions.defaults());
    // A family states frequencies as an expression, a file as numbers.
    assertThat(plan.skeleton().steps().toString()).contains("Literal");
    assertThat(plan.missing()).isEmpty();
    assertThat(plan.unexpected()).isEmpty();
    assertThat(plan.skeleton().slots())
        .isEqualTo(Families.skeleton(null, Config.read(checkpoint)).slots());
  }

  @Test
  void aFileThatIsNamedIsWrittenThereInItsPlace() throws Exception {
    Path file = Files.writeString(elsewhere.resolve("llama.json"), "an older one");
    assertThat(export(checkpoint.resolve("config.json").toString(), "-o", "llama.json"))
        .isEqualTo("llama.json");
    assertThat(SkeletonFile.read(file).className()).isEqualTo("LlamaForCausalLM");
    assertThat(checkpoint.resolve(SkeletonFile.NAME)).doesNotExist();
    assertThat(elsewhere.toFile().list()).containsExactly("llama.json");
  }

  /** What the script prints, run in a directory without anything of use. */
  private String export(String... arguments) throws Exception {
    List<String> line = new ArrayList<>(List.of(PYTHON, SCRIPT.toString()));
    line.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(line)
            .directory(elsewhere.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out.strip();
  }
}
