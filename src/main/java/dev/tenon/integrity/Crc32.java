package dev.tenon.integrity;

import java.util.zip.CRC32;

/** CRC-32 of a tensor's bytes. */
final class Crc32 implements TensorSink.Bytes {
  private final CRC32 crc = new CRC32();

  @Override
  public void update(byte[] bytes, int from, int length) {
    crc.update(bytes, from, length);
  }

  int value() {
    return (int) crc.getValue();
  }
}
