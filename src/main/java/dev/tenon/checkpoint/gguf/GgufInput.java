package dev.tenon.checkpoint.gguf;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.format.Errors;
import dev.tenon.checkpoint.format.RegularFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Numbers and texts of a header, one after the other; none goes beyond the file's end. */
final class GgufInput {
  private static final int WINDOW = 1 << 16;

  private final RegularFile file;
  private ByteBuffer window = ByteBuffer.allocate(0);
  private long windowStart;

  GgufInput(RegularFile file) {
    this.file = file;
  }

  long position() {
    return windowStart + window.position();
  }

  long remaining() {
    return file.size() - position();
  }

  /**
   * Passes bytes over.
   *
   * @throws TenonException if there are fewer
   */
  void skip(long bytes) throws IOException {
    require(bytes);
    if (bytes <= window.remaining()) {
      window.position(window.position() + (int) bytes);
    } else {
      windowStart = position() + bytes;
      window = ByteBuffer.allocate(0);
    }
  }

  int u8() throws IOException {
    return fill(1).get() & 0xff;
  }

  int i16() throws IOException {
    return fill(2).getShort();
  }

  int i32() throws IOException {
    return fill(4).getInt();
  }

  long i64() throws IOException {
    return fill(8).getLong();
  }

  /** A count of things that take so many bytes each at least; so there is room for all of them. */
  long count(String what, int least) throws IOException {
    long count = i64();
    if (count < 0 || count > remaining() / least) {
      throw bad(
          "A count is more than the file has room for",
          "of",
          what,
          "count",
          Long.toUnsignedString(count),
          "bytes left",
          remaining());
    }
    return count;
  }

  String text(String what) throws IOException {
    long length = count(what, 1);
    if (length > 1 << 26) {
      throw bad("A text is too long", "of", what, "bytes", length, "allowed", 1 << 26);
    }
    byte[] bytes = new byte[(int) length];
    for (int at = 0; at < bytes.length; ) {
      int part = Math.min(WINDOW, bytes.length - at);
      fill(part).get(bytes, at, part);
      at += part;
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private void require(long bytes) {
    if (bytes < 0 || bytes > remaining()) {
      throw bad("The file ends within its header", "size", file.size());
    }
  }

  private ByteBuffer fill(int bytes) throws IOException {
    require(bytes);
    if (window.remaining() < bytes) {
      windowStart = position();
      window = file.read(windowStart, (int) Math.min(WINDOW, file.size() - windowStart));
      window.order(ByteOrder.LITTLE_ENDIAN);
    }
    return window;
  }

  TenonException bad(String sentence, Object... facts) {
    return Errors.bad(file.path(), sentence, facts);
  }
}
