package dev.tenon.engine.bytes;

import java.util.zip.CRC32;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Checksums of tensors' bytes, so that two models can be compared without moving either. */
public final class TensorDigest {
  private TensorDigest() {}

  /**
   * The CRC-32 of a tensor's elements in row-major order, as they lie in memory. Thread-safe.
   *
   * @param tensor of any dtype, on any device that holds bytes
   * @return the checksum
   */
  @SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
  public static int crc32(Tensor tensor) {
    CRC32 crc = new CRC32();
    try (PointerScope scope = new PointerScope()) {
      Buffers.each(tensor.detach().cpu().contiguous(), crc::update);
    }
    return (int) crc.getValue();
  }
}
