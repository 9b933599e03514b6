package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.checkpoint.Verification;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checkpoints that are no files of the system: in an archive, which the JDK has a file system for,
 * as others have for stores. They give what they give on a disk.
 */
class OtherFileSystemTest {
  private static final Path RESOURCES = Path.of("src/test/resources").toAbsolutePath();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "scenarios/llama-tied-both-equal",
        "scenarios/gpt2-tied",
        "scenarios/bert-base-into-classifier",
        "scenarios/bloom-sharded-bin",
        "scenarios/llama-sharded",
        "quantised/loads/gptq-4bit-g32-desc-act-zeros",
        "quantised/loads/ct-nvfp4"
      })
  void loadWhatTheyHold(String name) throws IOException {
    Path there = RESOURCES.resolve(name);
    try (FileSystem zip =
        FileSystems.newFileSystem(folder.resolve("a.zip"), Map.of("create", "true"))) {
      Path inside = copy(there, zip.getPath("/model"));
      assertThat(Verification.of(inside).toString().replace("/model", there.toString()))
          .isEqualTo(Verification.of(there).toString());
      LoadOptions.Builder options = LoadOptions.builder().rng(Rng.PHILOX).seed(3);
      Map<String, Integer> expected = digests(there, options.residency(Residency.COPY).build());
      for (Residency residency : Residency.values()) {
        assertThat(digests(inside, options.residency(residency).build())).isEqualTo(expected);
      }
    }
  }

  @Test
  void whatCannotBeMappedIsReadAndSaid() throws IOException {
    try (FileSystem zip =
        FileSystems.newFileSystem(folder.resolve("a.zip"), Map.of("create", "true"))) {
      Path inside = copy(RESOURCES.resolve("scenarios/llama-untied-full"), zip.getPath("/model"));
      try (Model model = Tenon.load(inside, LoadOptions.defaults())) {
        assertThat(model.report().warnings())
            .containsExactly(
                "Files are read and not mapped, as --residency copy has it: Not a file of the"
                    + " system: file=/model/model.safetensors");
      }
    }
  }

  private static Map<String, Integer> digests(Path path, LoadOptions options) {
    try (Model model = Tenon.load(path, options)) {
      return model.digests();
    }
  }

  private static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      Files.createDirectories(to);
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName().toString()));
      }
    }
    return to;
  }
}
