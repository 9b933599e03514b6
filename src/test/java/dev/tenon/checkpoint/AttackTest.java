package dev.tenon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.torch.TorchFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Attacks on whoever unpickles: what runs code in Python, and what makes a reader take forever.
 * Each pickle was written by Python, most of them by its own {@code __reduce__}.
 */
class AttackTest {
  private static final Path ATTACKS = Path.of("src/test/resources/torch/attacks.txt");

  @TempDir private Path directory;

  static Stream<Arguments> attacks() throws IOException {
    return Files.readAllLines(ATTACKS).stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("\\|", -1))
        .map(parts -> Arguments.of(parts[0], parts[1], pickle(parts[2])));
  }

  /** Two digits a byte; {@code 300000x(5d)} is one so many times. */
  private static byte[] pickle(String hex) {
    int times = hex.indexOf('x');
    if (times < 0) {
      return HexFormat.of().parseHex(hex);
    }
    String repeated = hex.substring(hex.indexOf('(') + 1, hex.indexOf(')'));
    // The count follows the protocol's two bytes.
    String count = hex.substring(4, times);
    return HexFormat.of()
        .parseHex(
            hex.substring(0, 4)
                + repeated.repeat(Integer.parseInt(count))
                + hex.substring(hex.indexOf(')') + 1));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("attacks")
  void isRefusedForWhatItIs(String name, String reason, byte[] pickle) throws IOException {
    Path file = archive("archive/data.pkl", pickle, "archive/data/0", new byte[64]);
    assertThatThrownBy(() -> TorchFile.read(file))
        .as(name)
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("file=" + file)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("attacks")
  void isRefusedInTheFormatBefore16Too(String name, String reason, byte[] pickle)
      throws IOException {
    Path file = directory.resolve("pytorch_model.bin");
    Files.write(file, Streams.of(pickle));
    assertThatThrownBy(() -> TorchFile.read(file))
        .as(name)
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("file=" + file);
  }

  @Test
  void aPickleInAPickleIsText() throws IOException {
    // A state dict with a string that is a pickle: nobody reads it as one.
    byte[] pickle =
        "\u0080\u0002}X\1\0\0\0wX\u0012\0\0\0cos\nsystem\nX\1\0\0\0xRs."
            .getBytes(StandardCharsets.ISO_8859_1);
    Path file = archive("archive/data.pkl", pickle);
    assertThatThrownBy(() -> TorchFile.read(file)).hasMessageContaining("holds no tensors itself");
  }

  /** An archive of stored entries: names and contents in turn. */
  private Path archive(Object... entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < entries.length; i += 2) {
        byte[] content = (byte[]) entries[i + 1];
        ZipEntry entry = new ZipEntry((String) entries[i]);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
      }
    }
    return Files.write(directory.resolve("pytorch_model.bin"), bytes.toByteArray());
  }

  private static final byte[] EMPTY_DICT = {(byte) 0x80, 2, '}', '.'};

  @ParameterizedTest
  @MethodSource("names")
  void namesInTheArchiveAreNoPaths(String name) throws IOException {
    Path file = archive("archive/data.pkl", EMPTY_DICT, name, new byte[1]);
    assertThatThrownBy(() -> TorchFile.read(file))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("no plain path")
        .message()
        .doesNotContainPattern("\\p{Cntrl}");
  }

  static List<String> names() {
    return List.of(
        "../evil",
        "archive/../../evil",
        "archive/..",
        "..",
        "/etc/passwd",
        "C:/evil",
        "C:evil",
        "archive\\..\\evil",
        "archive/\0evil",
        "archive/\nevil");
  }

  @Test
  void aBombIsNotInflated() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("archive/data.pkl"));
      for (int i = 0; i < 64; i++) {
        zip.write(new byte[1 << 20]);
      }
    }
    Path file = Files.write(directory.resolve("pytorch_model.bin"), bytes.toByteArray());
    assertThat(Files.size(file)).isLessThan(100_000);
    assertThatThrownBy(() -> TorchFile.read(file))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("compressed or encrypted");
  }

  /** Changes a number of the one entry's record in the central directory. */
  private Path withRecord(int field, int value, int bytes) throws IOException {
    Path file = archive("archive/data.pkl", EMPTY_DICT);
    byte[] content = Files.readAllBytes(file);
    ByteBuffer zip = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    while (zip.getInt(at) != 0x02014b50) {
      at++;
    }
    if (bytes == 2) {
      zip.putShort(at + field, (short) value);
    } else {
      zip.putInt(at + field, value);
    }
    return Files.write(file, content);
  }

  @Test
  void aDirectoryThatLiesIsDamaged() throws IOException {
    for (int[] lie :
        new int[][] {
          {42, 1, 4}, // an entry that begins inside another's header
          {42, 0x7fffffff, 4}, // beyond the file
          {42, -1, 4}, // in a zip64 field that is not there
          {28, 0xffff, 2}, // a name longer than the directory
          {30, 0xffff, 2}, // an extra field longer than the directory
          {32, 0xffff, 2} // a comment longer than the directory
        }) {
      Path file = withRecord(lie[0], lie[1], lie[2]);
      assertThatThrownBy(() -> TorchFile.read(file))
          .as("field at " + lie[0])
          .isExactlyInstanceOf(TenonException.class)
          .hasMessageContaining("directory is damaged");
    }
    for (int size : new int[] {0x7fffffff, -1, 5}) {
      Path file = withRecord(24, size, 4);
      assertThatThrownBy(() -> TorchFile.read(file))
          .as("size " + size)
          .isExactlyInstanceOf(TenonException.class);
    }
  }

  @Test
  void twoEntriesOfOneNameAreRefused() throws IOException {
    Path file = archive("archive/data.pkl", EMPTY_DICT, "archive/data.pkk", EMPTY_DICT);
    byte[] content = Files.readAllBytes(file);
    String text = new String(content, StandardCharsets.ISO_8859_1).replace("pkk", "pkl");
    Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> TorchFile.read(file))
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageContaining("holds a name twice");
  }

  /** The first root counts, and storages are looked for below it alone. */
  @Test
  void aSecondArchiveInTheArchiveIsNotRead() throws IOException {
    byte[] evil = "\u0080\u0002cos\nsystem\n.".getBytes(StandardCharsets.ISO_8859_1);
    Path file = archive("archive/data.pkl", EMPTY_DICT, "evil/data.pkl", evil);
    assertThat(TorchFile.read(file).entries()).isEmpty();
  }
}
