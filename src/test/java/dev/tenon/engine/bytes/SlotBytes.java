package dev.tenon.engine.bytes;

import java.io.ByteArrayOutputStream;
import org.bytedeco.pytorch.Tensor;

/** A tensor's bytes in a Java array. */
final class SlotBytes {
  private SlotBytes() {}

  static byte[] of(Tensor tensor) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Buffers.each(
        tensor,
        bytes -> {
          byte[] part = new byte[bytes.remaining()];
          bytes.get(part);
          all.writeBytes(part);
        });
    return all.toByteArray();
  }
}
