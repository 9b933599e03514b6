package dev.tenon.skeleton.init;

import dev.tenon.TenonException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Bytes in zlib's format (RFC 1950) whose size is known beforehand. */
final class Zlib {
  private static final int PIECE = 1 << 16;

  private Zlib() {}

  /**
   * Checks that there are exactly so many bytes, without keeping them.
   *
   * @throws TenonException if there are more or fewer, or if this is no zlib stream
   */
  static void check(byte[] deflated, long size) {
    Inflater inflater = inflater(deflated);
    try {
      byte[] piece = new byte[PIECE];
      long count = 0;
      while (!inflater.finished() && count <= size) {
        int read = inflater.inflate(piece);
        if (read == 0 && !inflater.finished()) {
          throw new TenonException("Deflated values end too soon: bytes=" + count);
        }
        count += read;
      }
      if (count != size) {
        throw new TenonException(
            "Deflated values have the wrong size: expected=" + size + ", actual=" + count);
      }
    } catch (DataFormatException e) {
      throw new TenonException("Values are not deflated: reason=" + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }

  /** All bytes of a stream that has been checked. */
  static byte[] inflate(byte[] deflated, int size) {
    Inflater inflater = inflater(deflated);
    try {
      byte[] bytes = new byte[size];
      int count = 0;
      while (count < size) {
        count += inflater.inflate(bytes, count, size - count);
      }
      return bytes;
    } catch (DataFormatException e) {
      throw new IllegalStateException("Checked before", e);
    } finally {
      inflater.end();
    }
  }

  private static Inflater inflater(byte[] deflated) {
    Inflater inflater = new Inflater();
    inflater.setInput(deflated);
    return inflater;
  }
}
