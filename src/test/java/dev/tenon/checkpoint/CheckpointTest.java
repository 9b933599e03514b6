package dev.tenon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tenon.TenonException;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");

  @TempDir private Path directory;

  private Path write(String name, String... tensors) throws IOException {
    return SafetensorsFile.write(directory.resolve(name), tensors);
  }

  private String only() {
    return Checkpoint.open(directory, null).entries().get(0).name();
  }

  @ParameterizedTest
  @ValueSource(strings = {"gemma2-sharded", "gemma2-bin", "llama-sharded", "llama-bin"})
  void everyTensorsBytesAreTheReferences(String scenario) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(SCENARIOS.resolve(scenario), null);
    JsonNode tensors =
        new ObjectMapper()
            .readTree(SCENARIOS.resolve(scenario + ".expected.json").toFile())
            .get("tensors");
    int compared = 0;
    for (TensorEntry entry : checkpoint.entries()) {
      JsonNode expected = tensors.get(entry.name());
      if (expected != null) {
        assertThat(TensorBytes.crc32(entry)).isEqualTo(expected.get("crc32").asText());
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(20);
  }

  @Test
  void shardsAreSortedAndTensorsInNaturalOrder() {
    Checkpoint checkpoint = Checkpoint.open(SCENARIOS.resolve("gemma2-sharded"), null);
    assertThat(checkpoint.shards())
        .extracting(shard -> shard.file().getFileName().toString())
        .hasSize(7)
        .isSorted();
    assertThat(checkpoint.entries())
        .extracting(TensorEntry::name)
        .isSortedAccordingTo(NaturalOrder.INSTANCE);
    assertThat(checkpoint.indexMetadata()).containsEntry("total_size", "75168");
    assertThat(checkpoint.bytes()).isEqualTo(75168);
    assertThat(checkpoint.config()).isEqualTo(checkpoint.directory().resolve("config.json"));
    assertThat(checkpoint.find("model.norm.weight").dtype()).isEqualTo(DType.F32);
    assertThat(checkpoint.find("no.such")).isNull();
  }

  @Test
  void oneFileBeatsShardsAndSafetensorsBeatBin() throws IOException {
    write("shard.safetensors", "sharded");
    Files.writeString(
        directory.resolve("model.safetensors.index.json"),
        "{\"weight_map\": {\"sharded\": \"shard.safetensors\"}}");
    Files.copy(
        Path.of("src/test/resources/torch/scalars.bin"), directory.resolve("pytorch_model.bin"));
    assertThat(only()).isEqualTo("sharded");
    write("model.safetensors", "single");
    assertThat(only()).isEqualTo("single");
  }

  @Test
  void binIsTakenWhenThereIsNothingElse() throws IOException {
    Files.copy(Path.of("src/test/resources/torch/scalars.bin"), directory.resolve("part.bin"));
    Files.writeString(
        directory.resolve("pytorch_model.bin.index.json"),
        "{\"metadata\": {\"dtype\": \"float16\"}, \"weight_map\": {\"scalar\": \"part.bin\"}}");
    Checkpoint checkpoint = Checkpoint.open(directory, null);
    assertThat(checkpoint.find("scalar")).isNotNull();
    assertThat(checkpoint.indexMetadata()).containsEntry("dtype", "float16");
  }

  @Test
  void variantStandsBeforeTheExtension() throws IOException {
    write("model.safetensors", "plain");
    write("model.fp16.safetensors", "half");
    assertThat(Checkpoint.open(directory, "fp16").find("half")).isNotNull();
    Files.delete(directory.resolve("model.fp16.safetensors"));
    write("a.safetensors", "sharded");
    Files.writeString(
        directory.resolve("model.safetensors.index.fp16.json"),
        "{\"weight_map\": {\"sharded\": \"a.safetensors\"}}");
    assertThat(Checkpoint.open(directory, "fp16").find("sharded")).isNotNull();
    assertThatThrownBy(() -> Checkpoint.open(directory, "../x"))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("variant=../x");
  }

  @Test
  void noWeightsNamesWhatWasLookedFor() {
    assertThatThrownBy(() -> Checkpoint.open(directory, "fp16"))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("model.fp16.safetensors | model.safetensors.index.fp16.json")
        .hasMessageContaining("pytorch_model.fp16.bin | pytorch_model.bin.index.fp16.json");
  }

  @Test
  void missingShardIsNamed() throws IOException {
    Files.writeString(
        directory.resolve("model.safetensors.index.json"),
        "{\"weight_map\": {\"w\": \"gone.safetensors\"}}");
    assertThatThrownBy(() -> Checkpoint.open(directory, null))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("gone.safetensors");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x.safetensors", "a/b", "a\\\\b", "C:x", "..", ".", "", "/etc/passwd"})
  void shardNamesThatLeadAwayAreRefused(String shard) throws IOException {
    Files.writeString(
        directory.resolve("model.safetensors.index.json"),
        "{\"weight_map\": {\"w\": \"" + shard + "\"}}");
    assertThatThrownBy(() -> Checkpoint.open(directory, null))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("plain file name");
  }

  @Test
  void keysComeFromTheShardsAndTheLastOfTwoCounts() throws IOException {
    write("a.safetensors", "both", "unlisted");
    write("b.safetensors", "both");
    Files.writeString(
        directory.resolve("model.safetensors.index.json"),
        "{\"weight_map\": {\"x\": \"b.safetensors\", \"both\": \"a.safetensors\"}}");
    Checkpoint checkpoint = Checkpoint.open(directory, null);
    assertThat(checkpoint.entries())
        .extracting(TensorEntry::name)
        .containsExactly("both", "unlisted");
    assertThat(checkpoint.find("both").file()).hasFileName("b.safetensors");
    assertThat(checkpoint.shadowed())
        .extracting(TensorEntry::file)
        .isEqualTo(List.of(directory.resolve("a.safetensors")));
  }

  @Test
  void symbolicLinksAreFollowed() throws IOException {
    Path blob = write("blob", "w");
    Files.createDirectory(directory.resolve("snapshot"));
    Files.createSymbolicLink(directory.resolve("snapshot/model.safetensors"), blob);
    assertThat(Checkpoint.open(directory.resolve("snapshot"), null).find("w")).isNotNull();
    assertThat(Checkpoint.open(blob, null).find("w")).isNotNull();
  }

  @Test
  void aLinkThatLeadsNowhereIsNamed() throws IOException {
    Path link = directory.resolve("model.safetensors");
    Files.createSymbolicLink(link, directory.resolve("gone"));
    Files.copy(
        Path.of("src/test/resources/torch/scalars.bin"), directory.resolve("pytorch_model.bin"));
    assertThatThrownBy(() -> Checkpoint.open(directory, null))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("No such file: file=" + link);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "blob"})
  @EnabledOnOs({OS.LINUX, OS.MAC})
  @Timeout(10)
  void aPipeIsRefusedWithoutWaitingForItsWriter(String name) throws Exception {
    Path pipe = directory.resolve(name);
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> Checkpoint.open(pipe, null))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("Not a regular file: file=" + pipe);
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "model.safetensors.index.json", "blob"})
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aSocketIsNoFile(String name) throws IOException {
    Path path = directory.resolve(name);
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      assertThatThrownBy(() -> Checkpoint.open(path, null))
          .isExactlyInstanceOf(TenonException.class)
          .hasMessageContaining("Not a regular file: file=" + path);
    }
  }

  @Test
  void devicesAndDirectoriesAreNoFiles() throws IOException {
    Path link = directory.resolve("model.safetensors");
    Files.createSymbolicLink(link, Path.of("/dev/zero"));
    assertThatThrownBy(() -> Checkpoint.open(directory, null))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("Not a regular file");
    Files.delete(link);
    Files.createDirectory(link);
    assertThatThrownBy(() -> Checkpoint.open(directory, null))
        .isExactlyInstanceOf(TenonException.class);
  }
}
