package dev.tenon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.checkpoint.torch.TorchFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A torch file past 4 GiB: its entries lie so far apart that offsets need zip64. */
class Zip64Test {
  private static final Path SMALL = Path.of("src/test/resources/torch/module.bin");
  private static final long APART = 3L << 30;

  @TempDir private Path directory;

  @Test
  void tensorsBehindFourGiBAreFound() throws IOException {
    Path large = directory.resolve("pytorch_model.bin");
    spread(large);
    List<TensorEntry> expected = TorchFile.read(SMALL).entries();
    List<TensorEntry> actual = TorchFile.read(large).entries();
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i).name()).isEqualTo(expected.get(i).name());
      assertThat(TensorBytes.crc32(actual.get(i))).isEqualTo(TensorBytes.crc32(expected.get(i)));
    }
    assertThat(actual.get(6).offset()).isGreaterThan(8 * APART);
  }

  /** Writes the small archive's entries again, {@link #APART} bytes from each other. */
  private static void spread(Path large) throws IOException {
    List<byte[]> directory = new ArrayList<>();
    try (ZipFile small = new ZipFile(SMALL.toFile());
        RandomAccessFile out = new RandomAccessFile(large.toFile(), "rw")) {
      long at = 0;
      for (ZipEntry entry : small.stream().toList()) {
        byte[] name = entry.getName().getBytes(StandardCharsets.UTF_8);
        byte[] data = small.getInputStream(entry).readAllBytes();
        out.seek(at);
        out.write(little(30).putInt(0x04034b50).putShort(26, (short) name.length).array());
        out.write(name);
        out.write(data);
        directory.add(central(name, data.length, at));
        at += APART;
      }
      out.seek(at);
      int size = 0;
      for (byte[] record : directory) {
        out.write(record);
        size += record.length;
      }
      out.write(little(56).putInt(0x06064b50).putLong(40, size).putLong(48, at).array());
      out.write(little(20).putInt(0x07064b50).putLong(8, at + size).array());
      out.write(little(22).putInt(0x06054b50).putInt(12, -1).putInt(16, -1).array());
    }
  }

  private static byte[] central(byte[] name, int size, long at) {
    ByteBuffer record = little(46 + name.length + 4 + 16 + 12);
    record.putInt(0x02014b50).putInt(20, size).putInt(24, -1).putInt(42, -1);
    record.putShort(28, (short) name.length).putShort(30, (short) (4 + 16 + 12));
    record.position(46);
    record.put(name);
    // An extra field of another kind first, then zip64: uncompressed size, offset.
    record.putShort((short) 0x5455).putShort((short) 8).putLong(0);
    record.putShort((short) 1).putShort((short) 16).putLong(size).putLong(at);
    return record.array();
  }

  private static ByteBuffer little(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
