package dev.tenon.engine;

import dev.tenon.engine.bytes.TensorDigest;
import org.bytedeco.pytorch.Tensor;

/** What tests look at in a tensor. */
public final class Bytes {
  private Bytes() {}

  /** The CRC-32 of a tensor's bytes, row-major and little-endian, as eight hex digits. */
  public static String crc32(Tensor tensor) {
    return "%08x".formatted(TensorDigest.crc32(tensor));
  }
}
