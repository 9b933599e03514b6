package dev.tenon.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.format.RegularFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An archive of one entry, with zip64 throughout, whole and with one number wrong. */
class ZipDirectoryTest {
  private static final int DATA = 31; // behind a local header of 30 bytes and a name of 1
  private static final int CENTRAL = DATA + 8;
  private static final int EXTRA = CENTRAL + 46 + 1;
  private static final int END64 = EXTRA + 4 + 16;
  private static final int LOCATOR = END64 + 56;
  private static final int END = LOCATOR + 20;

  @TempDir private Path directory;

  private static ByteBuffer archive() {
    ByteBuffer bytes = ByteBuffer.allocate(END + 22).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(0, 0x04034b50).putShort(26, (short) 1).put(30, (byte) 'a');
    bytes.putInt(CENTRAL, 0x02014b50).putInt(CENTRAL + 20, 8).putInt(CENTRAL + 24, -1);
    bytes.putShort(CENTRAL + 28, (short) 1).putShort(CENTRAL + 30, (short) 20);
    bytes.putInt(CENTRAL + 42, -1).put(CENTRAL + 46, (byte) 'a');
    bytes.putShort(EXTRA, (short) 1).putShort(EXTRA + 2, (short) 16);
    bytes.putLong(EXTRA + 4, 8).putLong(EXTRA + 12, 0);
    bytes.putInt(END64, 0x06064b50).putLong(END64 + 40, END64 - CENTRAL);
    bytes.putLong(END64 + 48, CENTRAL);
    bytes.putInt(LOCATOR, 0x07064b50).putLong(LOCATOR + 8, END64);
    return bytes.putInt(END, 0x06054b50).putInt(END + 12, -1).putInt(END + 16, -1);
  }

  private long offsetOfA(ByteBuffer bytes) throws IOException {
    Path file = Files.write(directory.resolve("archive"), bytes.array());
    try (RegularFile open = RegularFile.open(file)) {
      ZipDirectory zip = ZipDirectory.read(open);
      assertThat(zip.records().keySet()).containsExactly("a");
      ZipRecord record = zip.records().get("a");
      assertThat(record.size()).isEqualTo(8);
      return zip.dataOffset(record);
    }
  }

  @Test
  void allNumbersRight() throws IOException {
    assertThat(offsetOfA(archive())).isEqualTo(DATA);
  }

  @Test
  void aCommentMayFollow() throws IOException {
    ByteBuffer plain = archive().putShort(END + 20, (short) 3);
    ByteBuffer longer = ByteBuffer.allocate(END + 22 + 3).put(plain.array());
    assertThat(offsetOfA(longer)).isEqualTo(DATA);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "the locator leads before the file, 170, 8, -1",
    "the locator leads behind what can be there, 170, 8, 107",
    "the locator leads to no end, 170, 8, 105",
    "the end is none, 106, 4, 0",
    "a directory larger than what is before its end, 146, 8, 68",
    "a directory of a negative size, 146, 8, -1",
    "a directory that is cut in its header, 146, 8, 45",
    "a directory that is cut in its extra field, 146, 8, 66",
    "a directory that begins too late, 154, 8, 40",
    "a directory that begins before the file, 154, 8, -1",
    "a record that is none, 39, 4, 0",
    "an extra field longer than all of them, 88, 2, 17",
    "a size below zero, 90, 8, -1",
    "an offset below zero, 98, 8, -1",
    "an entry in the directory, 98, 8, 10",
    "an entry that is none, 0, 4, 0",
    "a name into the directory, 26, 2, 2",
  })
  void oneNumberWrong(String what, int at, int width, long value) {
    ByteBuffer bytes = archive();
    if (width == Long.BYTES) {
      bytes.putLong(at, value);
    } else if (width == Integer.BYTES) {
      bytes.putInt(at, (int) value);
    } else {
      bytes.putShort(at, (short) value);
    }
    assertThatThrownBy(() -> offsetOfA(bytes))
        .as(what)
        .isExactlyInstanceOf(TenonException.class)
        .hasMessageStartingWith("The zip archive's directory is damaged: file=");
  }
}
