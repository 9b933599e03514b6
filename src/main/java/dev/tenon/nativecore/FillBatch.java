package dev.tenon.nativecore;

import dev.tenon.TenonException;
import dev.tenon.tensor.DType;
import java.util.Arrays;

/**
 * Runs of parameters to be filled in one call of {@link NativeCore#fill}. A run is a whole
 * parameter, or any part of its elements in row-major order: a shard of it gets what the whole
 * would have there. For one thread; may be cleared and used again.
 */
public final class FillBatch {
  private static final int WORDS = 11; // of tenon_fill_item
  private static final PhiloxKey NO_KEY = new PhiloxKey(0, 0);

  private final PhiloxKey.Maker keys;
  private long[] items = new long[16 * WORDS];
  private int count;

  /**
   * An empty batch.
   *
   * @param seed of all its parameters
   */
  public FillBatch(long seed) {
    keys = new PhiloxKey.Maker(seed);
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
    PhiloxKey key =
        distribution instanceof Distribution.Constant ? NO_KEY : keys.of(name); // draws nothing
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
    return add(key, address, start, length, dtype, distribution);
  }

  FillBatch add(
      PhiloxKey key,
      long address,
      long start,
      long length,
      DType dtype,
      Distribution distribution) {
    if (items.length < (count + 1) * WORDS) {
      items = Arrays.copyOf(items, 2 * items.length);
    }
    int at = count++ * WORDS;
    items[at] = address;
    items[at + 1] = start;
    items[at + 2] = length;
    items[at + 3] = ElementCode.of(dtype);
    items[at + 5] = key.key();
    items[at + 6] = key.stream();
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
  }

  long[] items() {
    return items;
  }
}
