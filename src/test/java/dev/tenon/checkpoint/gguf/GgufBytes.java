package dev.tenon.checkpoint.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A GGUF file put together number by number, right or wrong. */
public final class GgufBytes {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** The first words of a file. */
  public static GgufBytes header(long tensors, long pairs) {
    return new GgufBytes().i32(0x46554747).i32(3).i64(tensors).i64(pairs);
  }

  /** A number of four bytes. */
  public GgufBytes i32(int value) {
    bytes.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    return this;
  }

  /** A number of eight bytes. */
  public GgufBytes i64(long value) {
    bytes.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    return this;
  }

  /** A text. */
  public GgufBytes text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    i64(utf8.length);
    bytes.writeBytes(utf8);
    return this;
  }

  /** A key whose value is a text. */
  public GgufBytes pair(String key, String value) {
    return text(key).i32(8).text(value);
  }

  /** A key whose value is a number of four bytes. */
  public GgufBytes pair(String key, int value) {
    return text(key).i32(4).i32(value);
  }

  /** A tensor, its sizes innermost first. */
  public GgufBytes tensor(String name, int type, long offset, long... dims) {
    text(name).i32(dims.length);
    for (long dim : dims) {
      i64(dim);
    }
    return i32(type).i64(offset);
  }

  /** The bytes so far, and zeros: to a multiple of 32, and so many more. */
  public byte[] data(int length) {
    int padding = -bytes.size() & 31;
    bytes.writeBytes(new byte[padding + length]);
    return bytes.toByteArray();
  }
}
