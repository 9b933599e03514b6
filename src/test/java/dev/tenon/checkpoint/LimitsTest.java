package dev.tenon.checkpoint;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much a file may ask for, and what is said where it asks for more. */
class LimitsTest {
  private static final String ENTRY = "{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}";

  @TempDir private Path directory;

  private Path header(String json) throws IOException {
    return SafetensorsFile.write(directory.resolve("model.safetensors"), json, 0);
  }

  private void assertRefused(Path file, String... words) {
    assertThatThrownBy(() -> Verification.of(file))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("file=" + file)
        .hasMessageContainingAll(words);
  }

  @Test
  void aHeadersLength() throws IOException {
    Path file = header("{}");
    try (SeekableByteChannel channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      channel.write(length.putLong(0, 100_000_001));
    }
    assertRefused(file, "header is too long", "length=100000001", "allowed=100000000");
  }

  @Test
  void aName() throws IOException {
    Path fits = header("{\"" + "a".repeat(1 << 20) + "\":" + ENTRY + "}");
    assertThatCode(() -> Verification.of(fits)).doesNotThrowAnyException();
    Path file = header("{\"" + "a".repeat((1 << 20) + 1) + "\":" + ENTRY + "}");
    assertRefused(file, "The header passes a limit", "1048577");
  }

  @Test
  void aText() throws IOException {
    Path fits = header("{\"__metadata__\":{\"a\":\"" + "b".repeat(1 << 22) + "\"}}");
    assertThatCode(() -> Verification.of(fits)).doesNotThrowAnyException();
    Path file = header("{\"__metadata__\":{\"a\":\"" + "b".repeat((1 << 24) + 1) + "\"}}");
    assertRefused(file, "The header passes a limit", "16777216");
  }

  @Test
  void aNumber() throws IOException {
    String entry = ENTRY.replace("\"shape\"", "\"x\":1." + "0".repeat(1 << 17) + ",\"shape\"");
    assertRefused(header("{\"a\":" + entry + "}"), "The header passes a limit", "65536");
  }

  @Test
  void nesting() throws IOException {
    String deep = "[".repeat(500) + "]".repeat(500);
    String entry = ENTRY.replace("\"shape\"", "\"x\":" + deep + ",\"shape\"");
    assertRefused(header("{\"a\":" + entry + "}"), "The header passes a limit", "127");
  }

  @Test
  void howManyTensors() throws IOException {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i <= 1 << 20; i++) {
      json.append(i == 0 ? "\"" : ",\"").append(Integer.toString(i, 36)).append("\":");
      json.append(ENTRY);
    }
    assertRefused(header(json + "}"), "lists too many tensors", "allowed=1048576");
  }

  @Test
  void anIndex() throws IOException {
    Path file = directory.resolve("model.safetensors.index.json");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write("{\"weight_map\":".getBytes(StandardCharsets.US_ASCII));
      sparse.setLength(100_000_001);
    }
    assertRefused(file, "The index is too long", "allowed=100000000");
  }

  @Test
  void aZipsDirectory() throws IOException {
    Path file = directory.resolve("pytorch_model.bin");
    ByteBuffer end = ByteBuffer.allocate(22).order(ByteOrder.LITTLE_ENDIAN);
    end.putInt(0, 0x06054b50).putInt(12, 300 << 20);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.write("PK\3\4".getBytes(StandardCharsets.US_ASCII));
      sparse.seek(301 << 20);
      sparse.write(end.array());
    }
    assertRefused(file, "directory is too large", "allowed=268435456");
  }

  @Test
  void howManyEntriesAZipHas() throws IOException {
    // Empty entries of four-letter names, in the central directory alone.
    int count = (1 << 20) + 1;
    ByteBuffer zip = ByteBuffer.allocate(4 + count * 50 + 22).order(ByteOrder.LITTLE_ENDIAN);
    zip.putInt(0x04034b50);
    for (int i = 0; i < count; i++) {
      int at = zip.position();
      zip.putInt(at, 0x02014b50).putShort(at + 28, (short) 4);
      for (int digit = 0; digit < 4; digit++) {
        zip.put(at + 46 + digit, letter(i >> 6 * digit & 63));
      }
      zip.position(at + 50);
    }
    zip.putInt(0x06054b50);
    int end = zip.position() - 4;
    zip.putInt(end + 12, count * 50).putInt(end + 16, 4);
    Path file = Files.write(directory.resolve("pytorch_model.bin"), zip.array());
    assertRefused(file, "holds too many entries", "allowed=1048576");
  }

  private static byte letter(int sixBits) {
    return (byte)
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-".charAt(sixBits);
  }
}
