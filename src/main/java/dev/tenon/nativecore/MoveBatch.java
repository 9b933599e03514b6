package dev.tenon.nativecore;

import dev.tenon.TenonException;
import dev.tenon.tensor.DType;
import java.util.Arrays;

/**
 * Tensors to be read from a file, or copied from memory, in one call; each may be converted to
 * another type on the way. For one thread; may be cleared and used again.
 *
 * <p>Conversions round to nearest, ties to even; what is too large becomes an infinity, and NaN
 * stays NaN. A float64 becomes a half type by way of float32, as in torch. Items are read in the
 * order they were added, so that of the file is the best.
 *
 * @see NativeFile#read
 * @see NativeCore#copy
 */
public final class MoveBatch {
  private static final int WORDS = 5; // of tenon_move_item

  private long[] items = new long[16 * WORDS];
  private int count;

  /** An empty batch. */
  public MoveBatch() {}

  /**
   * Whether the library converts between two types: from a float of 8 bits or more to float32,
   * bfloat16, float16 or float64.
   */
  public static boolean converts(DType from, DType to) {
    return ElementCode.readable(from) && ElementCode.writable(to);
  }

  /**
   * Adds elements to be converted, or copied if the types are the same.
   *
   * @param source offset in the file, or address
   * @param destination address
   * @param elements how many
   * @param from type of the source
   * @param to type of the destination
   * @return this
   * @throws TenonException if a number is out of range or {@link #converts} says no
   */
  public MoveBatch add(long source, long destination, long elements, DType from, DType to) {
    if (from == to) {
      return add(source, destination, from.bytes(elements));
    }
    if (!converts(from, to)) {
      throw new TenonException(
          "No conversion between these dtypes: from=%s, to=%s".formatted(from, to));
    }
    put(source, destination, elements, ElementCode.of(from), ElementCode.of(to));
    return this;
  }

  /**
   * Adds bytes to be copied as they are.
   *
   * @param source offset in the file, or address
   * @param destination address
   * @param bytes how many
   * @return this
   * @throws TenonException if a number is out of range
   */
  public MoveBatch add(long source, long destination, long bytes) {
    put(source, destination, bytes, ElementCode.BYTES, ElementCode.BYTES);
    return this;
  }

  private void put(long source, long destination, long length, int from, int to) {
    if (source < 0
        || destination == 0 && length > 0
        || length < 0
        || length > Long.MAX_VALUE / 16) {
      throw new TenonException(
          "Nothing can be moved so: source=%d, destination=%d, length=%d"
              .formatted(source, destination, length));
    }
    if (items.length < (count + 1) * WORDS) {
      items = Arrays.copyOf(items, 2 * items.length);
    }
    int at = count++ * WORDS;
    items[at] = source;
    items[at + 1] = destination;
    items[at + 2] = length;
    items[at + 3] = from;
    items[at + 4] = to;
  }

  /** Items added since the start or the last {@link #clear}. */
  public int size() {
    return count;
  }

  /** Forgets all items, and keeps the room they took. */
  public void clear() {
    count = 0;
  }

  long[] items() {
    return items;
  }

  /** The facts of an error at one item. */
  String facts(long index) {
    if (index < 0 || index >= count) {
      return "items=" + count;
    }
    int at = (int) index * WORDS;
    return "item=" + index + ", source=" + items[at] + ", length=" + items[at + 2];
  }
}
