package dev.tenon.integrity;

import dev.tenon.tensor.DType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Counts NaN and infinite numbers among a tensor's elements; both parts of a complex number count.
 *
 * <p>Sound weights have none, so eight bytes at a time are looked at for an element that could be
 * one, and only a block that has some is gone through.
 */
final class NonFiniteCounter implements TensorSink.Bytes {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int BLOCK = 1 << 12;

  private final Format format;
  private final int size;
  private final byte[] cut = new byte[Long.BYTES];
  private int cutBytes;
  private long nans;
  private long infinities;

  /**
   * How a type writes what is no finite number: all bits of {@code mask} set, once those of {@code
   * flip} are turned. That is infinity where {@code fraction} has bits and none of them is set.
   */
  private record Format(int bits, long flip, long mask, long fraction) {
    static @Nullable Format of(DType dtype) {
      return switch (dtype) {
        case F64 -> new Format(64, 0, 0x7ffL << 52, (1L << 52) - 1);
        case F32, C64 -> new Format(32, 0, 0x7f80_0000, 0x7f_ffff);
        case BF16 -> new Format(16, 0, 0x7f80, 0x7f);
        case F16 -> new Format(16, 0, 0x7c00, 0x3ff);
        case F8_E5M2 -> new Format(8, 0, 0x7c, 0x3);
        case F8_E4M3 -> new Format(8, 0, 0x7f, 0);
        case F8_E8M0 -> new Format(8, 0, 0xff, 0);
        // Where others have negative zero.
        case F8_E4M3FNUZ, F8_E5M2FNUZ -> new Format(8, 0x7f, 0xff, 0);
        default -> null;
      };
    }

    /** A pattern of one element in all elements of eight bytes. */
    long everywhere(long pattern) {
      long all = pattern;
      for (int width = bits; width < Long.SIZE; width *= 2) {
        all |= all << width;
      }
      return all;
    }
  }

  private NonFiniteCounter(Format format) {
    this.format = format;
    this.size = format.bits / 8;
  }

  /** A counter for elements of a type, or null if all its values are finite. */
  static @Nullable NonFiniteCounter of(DType dtype) {
    Format format = Format.of(dtype);
    return format == null ? null : new NonFiniteCounter(format);
  }

  long nans() {
    return nans;
  }

  long infinities() {
    return infinities;
  }

  @Override
  public void update(byte[] bytes, int from, int length) {
    int at = from;
    int end = from + length;
    while (cutBytes > 0 && at < end) {
      cut[cutBytes++] = bytes[at++];
      if (cutBytes == size) {
        count(cut, 0, size);
        cutBytes = 0;
      }
    }
    int whole = at + (end - at) / size * size;
    for (; at < whole; at = Math.min(at + BLOCK, whole)) {
      int blockEnd = Math.min(at + BLOCK, whole);
      if (isSuspect(bytes, at, blockEnd)) {
        count(bytes, at, blockEnd);
      }
    }
    while (at < end) {
      cut[cutBytes++] = bytes[at++];
    }
  }

  /** Whether there may be something to count: an element is, with these bits turned, zero. */
  private boolean isSuspect(byte[] bytes, int from, int to) {
    long flip = ~format.everywhere(format.flip);
    long mask = format.everywhere(format.mask);
    long low = format.everywhere(1);
    long high = format.everywhere(1L << format.bits - 1);
    long found = 0;
    int at = from;
    for (; at <= to - Long.BYTES; at += Long.BYTES) {
      long rest = ((long) LONGS.get(bytes, at) ^ flip) & mask;
      found |= rest - low & ~rest & high;
    }
    return found != 0 || at < to;
  }

  private void count(byte[] bytes, int from, int to) {
    for (int at = from; at < to; at += size) {
      long element = 0;
      for (int i = size - 1; i >= 0; i--) {
        element = element << 8 | bytes[at + i] & 0xff;
      }
      if (((element ^ format.flip) & format.mask) == format.mask) {
        if (format.fraction != 0 && (element & format.fraction) == 0) {
          infinities++;
        } else {
          nans++;
        }
      }
    }
  }
}
