package dev.tenon.checkpoint.torch;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The numbers and strings of a pickle's instructions. */
final class PickleInput {
  /** Longer module and class names exist in no checkpoint. */
  private static final int LONGEST_LINE = 1024;

  private final InputStream in;
  private final long length;
  private long left;

  /**
   * Reads from a stream.
   *
   * @param length how many bytes of it may be taken, by one pickle or several in a row
   */
  PickleInput(InputStream in, long length) {
    this.in = in;
    this.length = length;
    this.left = length;
  }

  /** How many bytes have been taken. */
  long taken() {
    return length - left;
  }

  int u8() throws IOException, PickleFault {
    int value = in.read();
    if (value < 0) {
      throw new PickleFault("the pickle ends without its last instruction");
    }
    left--;
    return value;
  }

  int u16() throws IOException, PickleFault {
    return u8() | u8() << 8;
  }

  int i32() throws IOException, PickleFault {
    return u16() | u16() << 16;
  }

  double f64() throws IOException, PickleFault {
    return ByteBuffer.wrap(bytes(Double.BYTES)).order(ByteOrder.BIG_ENDIAN).getDouble();
  }

  /** A little-endian two's complement integer: a Long, or a BigInteger that fits no Long. */
  Number integer(int length) throws IOException, PickleFault {
    byte[] bytes = bytes(length);
    for (int i = 0; i < length / 2; i++) {
      byte swap = bytes[i];
      bytes[i] = bytes[length - 1 - i];
      bytes[length - 1 - i] = swap;
    }
    BigInteger value = length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
    return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
  }

  String text(long length) throws IOException, PickleFault {
    return new String(bytes(length), StandardCharsets.UTF_8);
  }

  String line() throws IOException, PickleFault {
    StringBuilder line = new StringBuilder();
    for (int c = u8(); c != '\n'; c = u8()) {
      if (line.length() == LONGEST_LINE) {
        throw new PickleFault("the pickle names a global of over " + LONGEST_LINE + " bytes");
      }
      line.append((char) c);
    }
    return line.toString();
  }

  private byte[] bytes(long length) throws IOException, PickleFault {
    // Checked first, so that a lying length allocates nothing.
    if (length < 0 || length > left || length > Integer.MAX_VALUE - 8) {
      throw new PickleFault("a string of the pickle reaches past its end");
    }
    byte[] bytes = in.readNBytes((int) length);
    if (bytes.length < length) {
      throw new PickleFault("the pickle ends inside a string");
    }
    left -= length;
    return bytes;
  }
}
