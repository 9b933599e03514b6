package dev.tenon.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.Verification;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Headers of GGUF files: what they say, and what they may not say. */
class GgufFileTest {
  private static final Path FILES = Path.of("src/test/resources/quantised/gguf");

  @TempDir Path directory;

  private Path file(byte[] bytes) throws IOException {
    return Files.write(directory.resolve("model.gguf"), bytes);
  }

  @Test
  void metadataAndTensorsAreThoseThatWereWritten() {
    GgufHeader header = GgufHeader.read(FILES.resolve("gguf-types-plain/model.gguf"));
    assertThat(header.text("general.architecture")).isEqualTo("tenon-test");
    assertThat(header.metadata())
        .containsEntry("tenon-test.flag", true)
        .containsEntry("tenon-test.double", 0.1)
        .containsEntry("tenon-test.long", 1L << 40);
    assertThat(header.text("tenon-test.text")).startsWith("ä");
    assertThat(((GgufArray) header.metadata().get("tenon-test.list")).values())
        .containsExactly(1L, 2L, 3L);
    GgufTensor tensor = header.find("t.q4_k.weight");
    assertThat(tensor.type()).isEqualTo(GgmlType.Q4_K);
    assertThat(tensor.shape()).isEqualTo(Shape.of(3, 512));
    assertThat(tensor.entry().dtype()).isEqualTo(DType.U8);
    assertThat(tensor.entry().shape()).isEqualTo(Shape.of(3, 288));
  }

  /** Each beginning of a file is one error, however little of it is left. */
  @Test
  void aFileThatIsCutAnywhereIsOneError() throws IOException {
    byte[] whole = Files.readAllBytes(FILES.resolve("gguf-types-iq/model.gguf"));
    int cuts = 0;
    for (int length = 0; length < whole.length; length += 1 + whole.length / 173) {
      Path cut = file(Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Verification.of(cut))
          .as("%d bytes", length)
          .isInstanceOf(TenonException.class)
          .hasMessageContaining("file=" + cut);
      cuts++;
    }
    assertThat(cuts).isGreaterThan(100);
  }

  static Stream<Arguments> attacks() {
    GgufBytes deep = GgufBytes.header(0, 1).text("k").i32(9);
    for (int i = 0; i < 100; i++) {
      deep.i32(9).i64(1);
    }
    return Stream.of(
        Arguments.of("Not a GGUF file", new byte[64]),
        Arguments.of("version=1", new GgufBytes().i32(0x46554747).i32(1).data(64)),
        Arguments.of("big-endian", new GgufBytes().i32(0x46554747).i32(3 << 24).data(64)),
        Arguments.of(
            "count=-1".replace("-1", "18446744073709551615"), GgufBytes.header(-1, 0).data(64)),
        Arguments.of("of=tensors", GgufBytes.header(1L << 40, 0).data(64)),
        Arguments.of("of=metadata", GgufBytes.header(0, 1L << 40).data(64)),
        Arguments.of("of=a metadata key", GgufBytes.header(0, 1).i64(1L << 60).data(64)),
        Arguments.of("of=k", GgufBytes.header(0, 1).text("k").i32(8).i64(Long.MAX_VALUE).data(64)),
        Arguments.of("of=k", GgufBytes.header(0, 1).text("k").i32(9).i32(4).i64(1L << 61).data(64)),
        Arguments.of("allowed=4", deep.data(64)),
        Arguments.of("type=13", GgufBytes.header(0, 1).text("k").i32(13).data(64)),
        Arguments.of(
            "key=k, type=77", GgufBytes.header(0, 1).text("k").i32(9).i32(77).i64(3).data(64)),
        Arguments.of("twice", GgufBytes.header(0, 2).pair("k", 1).pair("k", 2).data(64)),
        Arguments.of(
            "general.alignment=0", GgufBytes.header(0, 1).pair("general.alignment", 0).data(64)),
        Arguments.of(
            "general.alignment=48", GgufBytes.header(0, 1).pair("general.alignment", 48).data(64)),
        Arguments.of(
            "general.alignment=x", GgufBytes.header(0, 1).pair("general.alignment", "x").data(64)),
        Arguments.of(
            "dimensions=5", GgufBytes.header(1, 0).tensor("t", 0, 0, 1, 1, 1, 1, 1).data(64)),
        Arguments.of(
            "tensor=t, size=",
            GgufBytes.header(1, 0).tensor("t", 0, 0, 1L << 40, 1L << 40).data(64)),
        Arguments.of("tensor=t, size=", GgufBytes.header(1, 0).tensor("t", 0, 0, -1).data(64)),
        Arguments.of("type=4", GgufBytes.header(1, 0).tensor("t", 4, 0, 32).data(64)),
        Arguments.of("whole blocks", GgufBytes.header(1, 0).tensor("t", 12, 0, 255).data(512)),
        Arguments.of("beyond the end", GgufBytes.header(1, 0).tensor("t", 0, 64, 1).data(64)),
        Arguments.of("beyond the end", GgufBytes.header(1, 0).tensor("t", 0, 0, 1L << 50).data(64)),
        Arguments.of("beyond the end", GgufBytes.header(1, 0).tensor("t", 0, -32, 1).data(64)),
        Arguments.of("not aligned", GgufBytes.header(1, 0).tensor("t", 0, 4, 1).data(64)),
        Arguments.of(
            "twice", GgufBytes.header(2, 0).tensor("t", 0, 0, 1).tensor("t", 0, 32, 1).data(64)),
        Arguments.of(
            "share bytes",
            GgufBytes.header(2, 0).tensor("t", 0, 0, 9).tensor("u", 0, 32, 1).data(64)));
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void whatCannotBeMeantIsRefusedByName(String words, byte[] bytes) throws IOException {
    Path file = file(bytes);
    assertThatThrownBy(() -> Checkpoint.open(file, null))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining(words)
        .hasMessageContaining("file=" + file);
  }

  private static byte[] part(int number, int parts, String tensor) {
    return GgufBytes.header(1, 3)
        .pair("general.architecture", "tenon-test")
        .pair("split.no", number)
        .pair("split.count", parts)
        .tensor(tensor, 0, 0, 4)
        .data(16);
  }

  @Test
  void aModelInPartsIsOneWhicheverIsNamed() throws IOException {
    Path first = Files.write(directory.resolve("m-00001-of-00002.gguf"), part(0, 2, "a"));
    Path second = Files.write(directory.resolve("m-00002-of-00002.gguf"), part(1, 2, "b"));
    for (Path path : new Path[] {first, second, directory}) {
      assertThat(Checkpoint.open(path, null).entries())
          .extracting("name")
          .containsExactly("a", "b");
    }
    Files.write(second, part(0, 2, "b"));
    refused(first, "split.no=0");
    Files.delete(second);
    refused(first, "A part of a split model is not there: file=" + second);
    Path renamed = Files.move(first, directory.resolve("m.gguf"));
    refused(renamed, "another name than such parts have");
  }

  @Test
  void ofSeveralModelsOneIsToBeNamed() throws IOException {
    byte[] model = GgufBytes.header(1, 0).tensor("t", 0, 0, 4).data(16);
    Files.write(directory.resolve("a.gguf"), model);
    Files.write(directory.resolve("mmproj-a.gguf"), model);
    assertThat(Checkpoint.open(directory, null).entries()).hasSize(1);
    Files.write(directory.resolve("b.gguf"), model);
    refused(directory, "files=[a.gguf, b.gguf]");
  }

  private static void refused(Path path, String words) {
    assertThatThrownBy(() -> Checkpoint.open(path, null))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining(words);
  }
}
