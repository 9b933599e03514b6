package dev.tenon.engine;

import java.util.zip.CRC32;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;

/** What tests look at in a tensor. */
final class Bytes {
  private Bytes() {}

  /** The CRC-32 of a tensor's bytes, row-major and little-endian, as eight hex digits. */
  static String crc32(Tensor tensor) {
    CRC32 crc = new CRC32();
    try (Tensor bare = tensor.detach();
        Tensor packed = bare.contiguous();
        BytePointer bytes = new BytePointer(packed.data_ptr())) {
      crc.update(bytes.capacity(packed.nbytes()).asByteBuffer());
    }
    return "%08x".formatted(crc.getValue());
  }
}
