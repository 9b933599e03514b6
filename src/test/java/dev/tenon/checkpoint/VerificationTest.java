package dev.tenon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerificationTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");

  @TempDir private Path directory;

  @Test
  void countsWhatADirectoryHolds() {
    Path path = SCENARIOS.resolve("gemma2-sharded");
    Verification found = Verification.of(path);
    assertThat(found.files()).isEqualTo(7);
    assertThat(found.bytes()).isEqualTo(75168);
    assertThat(found.tensors()).isEqualTo(Checkpoint.open(path, null).entries().size());
    assertThat(Verification.of(path.resolve("model.safetensors.index.json")))
        .extracting(Verification::files)
        .isEqualTo(7);
  }

  @Test
  void torchFilesAreCheckedToo() {
    assertThat(Verification.of(SCENARIOS.resolve("llama-bin")).files()).isOne();
  }

  @Test
  void anIndexThatLiesIsRefused() throws IOException {
    SafetensorsFile.write(directory.resolve("a.safetensors"), "here");
    Files.writeString(
        directory.resolve("model.safetensors.index.json"),
        "{\"weight_map\": {\"here\": \"a.safetensors\", \"gone\": \"a.safetensors\"}}");
    assertThatThrownBy(() -> Verification.of(directory))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("tensor=gone, shard=a.safetensors");
  }

  @Test
  void oneBadFileAmongGoodOnesIsFound() throws IOException {
    SafetensorsFile.write(directory.resolve("a.safetensors"), "w");
    SafetensorsFile.write(directory.resolve("b.safetensors"), "{}", 1);
    assertThatThrownBy(() -> Verification.of(directory))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("b.safetensors");
  }

  @Test
  void nothingToCheckIsAnError() {
    assertThatThrownBy(() -> Verification.of(directory))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("No weights");
    assertThatThrownBy(() -> Verification.of(directory.resolve("gone.safetensors")))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("No such file");
  }
}
