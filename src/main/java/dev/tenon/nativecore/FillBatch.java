package dev.tenon.nativecore;

import dev.tenon.TenonException;
import dev.tenon.tensor.DType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Runs of parameters to be filled in one call of {@link NativeCore#fill}. A run is a whole
 * parameter, or any part of its elements in row-major order: a shard of it gets what the whole
 * would have there. For one thread; may be cleared and used again.
 */
public final class FillBatch {
  private static final int WORDS = 11; // of tenon_fill_item

  private final long seed;
  private long[] items = new long[16 * WORDS];
  private int count;
  private byte[] names = new byte[1024];
  private int named;

  /**
   * An empty batch.
   *
   * @param seed of all its parameters
   */
  public FillBatch(long seed) {
    this.seed = seed;
  }

  /**
   * Adds a run.
   *
   * @param name the parameter's name, see {@link PhiloxKey#of}
   * @param address of the run's first element; need not be aligned
   * @param start that element's row-major index in the whole parameter
   * @param length elements in the run
   * @param dtype float32, bfloat16, float16 or float64
   * @param distribution what to draw from
   * @return this
   * @throws TenonException if the type is another, or a number negative
   */
  public FillBatch add(
      String name, long address, long start, long length, DType dtype, Distribution distribution) {
    if (address == 0 && length > 0 || start < 0 || length < 0 || start > Long.MAX_VALUE - length) {
      throw new TenonException(
          "Not a run of a parameter: tensor=%s, address=%d, start=%d, length=%d"
              .formatted(name, address, start, length));
    }
    if (!ElementCode.writable(dtype)) {
      throw new TenonException(
          "The native core draws no values of this dtype: tensor=%s, dtype=%s"
              .formatted(name, dtype));
    }
    if (items.length < (count + 1) * WORDS) {
      items = Arrays.copyOf(items, 2 * items.length);
    }
    int at = count++ * WORDS;
    items[at] = address;
    items[at + 1] = start;
    items[at + 2] = length;
    items[at + 3] = ElementCode.of(dtype);
    putName(at, name);
    if (distribution instanceof Distribution.Constant d) {
      put(at, 0, d.value(), 0, 0, 0);
    } else if (distribution instanceof Distribution.Uniform d) {
      put(at, 1, d.low(), d.high(), 0, 0);
    } else if (distribution instanceof Distribution.Normal d) {
      put(at, 2, d.mean(), d.std(), 0, 0);
    } else if (distribution instanceof Distribution.TruncatedNormal d) {
      put(at, 3, d.mean(), d.std(), d.low(), d.high());
    }
    return this;
  }

  // The library hashes names, in parallel: a hash in Java is slow until it is compiled.
  private void putName(int at, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (names.length < named + bytes.length) {
      names = Arrays.copyOf(names, Math.max(2 * names.length, named + bytes.length));
    }
    System.arraycopy(bytes, 0, names, named, bytes.length);
    items[at + 5] = named;
    items[at + 6] = bytes.length;
    named += bytes.length;
  }

  private void put(int at, int kind, double a, double b, double c, double d) {
    items[at + 4] = kind;
    items[at + 7] = Double.doubleToRawLongBits(a);
    items[at + 8] = Double.doubleToRawLongBits(b);
    items[at + 9] = Double.doubleToRawLongBits(c);
    items[at + 10] = Double.doubleToRawLongBits(d);
  }

  /** Runs added since the start or the last {@link #clear}. */
  public int size() {
    return count;
  }

  /** Forgets all runs, and keeps the room they took. */
  public void clear() {
    count = 0;
    named = 0;
  }

  int run(long pool) {
    return TenonLibrary.fill(pool, items, count, names, seed);
  }
}
