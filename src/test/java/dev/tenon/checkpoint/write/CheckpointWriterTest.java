package dev.tenon.checkpoint.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.checkpoint.Versions;
import dev.tenon.checkpoint.directory.WeightNames;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CheckpointWriterTest {
  @TempDir private Path dir;

  static Stream<int[]> pairs() {
    return IntStream.range(0, 6)
        .boxed()
        .flatMap(first -> IntStream.range(0, 6).mapToObj(then -> new int[] {first, then + 6}));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void anyCheckpointTakesThePlaceOfAnyOther(int[] pair) throws IOException {
    Versions.write(dir, pair[0]);
    assertThat(Versions.read(dir)).isEqualTo(pair[0]);
    Path tokenizer = Files.writeString(dir.resolve("tokenizer.json"), "{}");

    Versions.write(dir, pair[1]);

    assertThat(Versions.read(dir)).isEqualTo(pair[1]);
    List<String> expected = new ArrayList<>(WeightNames.of(Versions.shards(pair[1])));
    expected.addAll(List.of("config.json", tokenizer.getFileName().toString()));
    if (Versions.shards(pair[1]) > 1) {
      expected.add("model.safetensors.index.json");
    }
    if (pair[1] % 3 == 0) {
      expected.add("skeleton.json");
    }
    assertThat(names()).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(dir).isDirectoryNotContaining(Files::isSymbolicLink);
  }

  @Test
  void aFileIsTheOneTheFormatsOwnSerializerWrites() throws IOException {
    Path golden = Path.of("src/test/resources/save/mixed.safetensors");
    byte[] all = Files.readAllBytes(golden);
    List<NewTensor> tensors = new ArrayList<>();
    for (TensorEntry entry : Checkpoint.open(golden, null).entries()) {
      ByteBuffer bytes = ByteBuffer.wrap(all, (int) entry.offset(), (int) entry.bytes());
      tensors.add(
          new NewTensor(
              entry.name(), entry.dtype(), entry.shape(), NewTensor.ALONE, s -> s.put(bytes)));
    }

    SafetensorsWriter.write(dir.resolve("copy"), tensors, bytes -> {});

    assertThat(dir.resolve("copy")).hasBinaryContent(all);
  }

  @Test
  void anIndexIsTheOneTheReferenceWrites() throws IOException {
    byte[] json = IndexWriter.json(Map.of("b.10", "two", "b.2", "one", "a", "\u00e9"), 12, 34);

    assertThat(new String(json, java.nio.charset.StandardCharsets.US_ASCII))
        .isEqualTo(
            """
            {
              "metadata": {
                "total_parameters": 12,
                "total_size": 34
              },
              "weight_map": {
                "a": "\\u00E9",
                "b.10": "two",
                "b.2": "one"
              }
            }
            """);
  }

  @Test
  void whatFailsLeavesTheDirectoryAsItWas() throws IOException {
    Versions.write(dir, 1);
    List<String> before = names();

    assertThatThrownBy(() -> CheckpointWriter.write(dir, failing(), 1, NONE))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("directory=" + dir)
        .hasMessageContaining("no more room");

    assertThat(names()).containsExactlyInAnyOrderElementsOf(before);
    assertThat(Versions.read(dir)).isEqualTo(1);
  }

  @Test
  void aDirectoryThatWasMadeForASaveThatFailsIsNotLeft() {
    Path made = dir.resolve("a/b");

    assertThatThrownBy(() -> CheckpointWriter.write(made, failing(), 1, NONE))
        .isInstanceOf(TenonException.class);

    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void anInterruptEndsASaveAndLeavesNothing() throws IOException {
    Versions.write(dir, 1);
    List<String> before = names();
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> Versions.write(dir, 2))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("interrupted");

    assertThat(Thread.interrupted()).isTrue();
    assertThat(names()).containsExactlyInAnyOrderElementsOf(before);
    assertThat(Versions.read(dir)).isEqualTo(1);
  }

  @Test
  void twoSavesToOneDirectoryDoNotMix() throws IOException {
    CheckpointWriter.Listener other =
        new CheckpointWriter.Listener() {
          @Override
          public Runnable file(String name, long bytes) {
            assertThatThrownBy(() -> Versions.write(dir, 3))
                .hasMessageContaining("Another save to the directory is running");
            return () -> {};
          }

          @Override
          public void written(long done) {}
        };

    Versions.write(dir, 2, other);

    assertThat(Versions.read(dir)).isEqualTo(2);
  }

  @Test
  void linksAreReplacedAndWhatTheyLeadToStays() throws IOException {
    Path blobs = Files.createDirectory(dir.resolve("blobs"));
    Path snapshot = Files.createDirectory(dir.resolve("snapshot"));
    Versions.write(blobs, 0);
    try (Stream<Path> files = Files.list(blobs)) {
      for (Path file : files.toList()) {
        Files.createSymbolicLink(
            snapshot.resolve(file.getFileName()), Path.of("../blobs").resolve(file.getFileName()));
      }
    }

    Versions.write(snapshot, 8);

    assertThat(Versions.read(snapshot)).isEqualTo(8);
    assertThat(Versions.read(blobs)).isEqualTo(0);
  }

  @Test
  void tensorsAreDividedAsTheReferenceDoes() {
    // Sizes 6, 6, 2, 6, 2, 2 and a limit of 10; 30 is too large and stands alone, before the open
    // one.
    List<NewTensor> tensors =
        Stream.of(6, 6, 2, 30, 6, 2, 2).map(size -> tensor(size, NewTensor.ALONE)).toList();

    assertThat(Sharding.of(tensors, 10).stream().map(CheckpointWriterTest::sizes))
        .containsExactly(List.of(6L), List.of(30L), List.of(6L, 2L), List.of(6L, 2L, 2L));
  }

  @Test
  void blocksStayTogether() {
    List<NewTensor> tensors =
        List.of(tensor(4, 7), tensor(3, NewTensor.ALONE), tensor(5, 7), tensor(1, 8));

    assertThat(Sharding.of(tensors, 9).stream().map(CheckpointWriterTest::sizes))
        .containsExactly(List.of(4L, 5L), List.of(3L, 1L));
  }

  private static final CheckpointWriter.Listener NONE = CheckpointWriter.Listener.NONE;

  private static List<Long> sizes(List<NewTensor> shard) {
    return shard.stream().map(NewTensor::bytes).toList();
  }

  private static NewTensor tensor(int size, int block) {
    return new NewTensor("w", DType.U8, Shape.of(size), block, sink -> {});
  }

  /** Two shards, of which the second cannot be written to its end. */
  private static NewCheckpoint failing() {
    NewTensor good = Versions.of(2).tensors().get(0);
    NewTensor bad =
        new NewTensor(
            "x",
            DType.U8,
            Shape.of(10),
            NewTensor.ALONE,
            sink -> {
              sink.put(ByteBuffer.allocate(5));
              throw new IOException("no more room");
            });
    return new NewCheckpoint(List.of(good, bad), 1, Map.of("config.json", new byte[] {1}));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
