package dev.tenon.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.ShardReader;
import dev.tenon.checkpoint.TensorEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The format before 1.6. What torch reads of good files {@link TorchFileTest} compares; torch
 * itself gives uninitialised memory, or one of two values, for some of the bad ones.
 */
class TorchStreamTest {
  private static final Path FILES = Path.of("src/test/resources/torch");

  @TempDir private Path directory;

  static Stream<Arguments> bad() throws IOException {
    return Files.readAllLines(FILES.resolve("streams.txt")).stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("\\|"))
        .map(parts -> Arguments.of(parts[0], parts[1], HexFormat.of().parseHex(parts[2])));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void refusesWithTheReason(String name, String reason, byte[] content) throws IOException {
    Path file = Files.write(directory.resolve("pytorch_model.bin"), content);
    assertThatThrownBy(() -> TorchFile.read(file))
        .as(name)
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("file=" + file)
        .hasMessageContaining(reason);
  }

  @Test
  void viewsOfOneStorageShareItsBytes() {
    Map<String, TensorEntry> views = read("stream_views");
    TensorEntry whole = views.get("whole");
    assertThat(views.get("tied").offset()).isEqualTo(whole.offset());
    assertThat(views.get("transposed").offset()).isEqualTo(whole.offset());
    assertThat(views.get("row").offset()).isEqualTo(whole.offset() + 2 * 8 * 4);
  }

  @Test
  void partsOfAStorageHaveKeysOfTheirOwn() {
    Map<String, TensorEntry> old = read("stream_old");
    long whole = old.get("whole").offset();
    assertThat(old.get("half").offset()).isEqualTo(whole + (4 + 2) * 4);
    assertThat(old.get("rest").offset()).isEqualTo(whole + 16 * 4);
    assertThat(old.get("parameter").offset()).isEqualTo(whole + 4 * 4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"stream_old", "stream_views", "stream_untyped"})
  void aFileCutAnywhereIsRefused(String name) throws IOException {
    byte[] content = Files.readAllBytes(FILES.resolve(name + ".bin"));
    Path file = directory.resolve("pytorch_model.bin");
    for (int length = 0; length < content.length; length++) {
      Files.write(file, Arrays.copyOf(content, length));
      assertThatThrownBy(() -> TorchFile.read(file))
          .as("length " + length)
          .isExactlyInstanceOf(TenonException.class)
          .hasMessageContaining("file=" + file);
    }
  }

  @Test
  void isToldByItsContentWhateverItsName() throws IOException {
    Path file = directory.resolve("weights");
    Files.copy(FILES.resolve("stream_module.bin"), file);
    assertThat(ShardReader.read(file).entries()).hasSize(7);
  }

  private static Map<String, TensorEntry> read(String name) {
    Map<String, TensorEntry> entries = new HashMap<>();
    for (TensorEntry entry : TorchFile.read(FILES.resolve(name + ".bin")).entries()) {
      entries.put(entry.name(), entry);
    }
    return entries;
  }
}
