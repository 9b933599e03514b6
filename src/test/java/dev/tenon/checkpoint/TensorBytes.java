package dev.tenon.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32;

/** Reads a small tensor's bytes in row-major order, by its entry alone. */
public final class TensorBytes {
  private TensorBytes() {}

  static byte[] of(TensorEntry entry) throws IOException {
    ByteBuffer span = ByteBuffer.allocate((int) entry.span());
    try (FileChannel channel = FileChannel.open(entry.file())) {
      while (span.hasRemaining() && channel.read(span, entry.offset() + span.position()) >= 0) {}
    }
    if (entry.contiguous()) {
      return span.array();
    }
    ByteBuffer packed = ByteBuffer.allocate((int) entry.bytes());
    gather(entry, span.array(), 0, 0, packed);
    return packed.array();
  }

  private static void gather(TensorEntry entry, byte[] span, int dim, long at, ByteBuffer into) {
    if (dim == entry.shape().rank()) {
      int size = entry.dtype().bits() / 8;
      into.put(span, (int) at * size, size);
      return;
    }
    for (long i = 0; i < entry.shape().dim(dim); i++) {
      gather(entry, span, dim + 1, at + i * entry.strides().dim(dim), into);
    }
  }

  /** CRC-32 as eight hex digits. */
  public static String crc32(TensorEntry entry) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(of(entry));
    return String.format("%08x", crc.getValue());
  }
}
