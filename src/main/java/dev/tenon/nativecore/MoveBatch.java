package dev.tenon.nativecore;

import dev.tenon.TenonException;
import dev.tenon.tensor.DType;
import java.util.Arrays;

/**
 * Boxes of tensors to be read from a file, or copied from memory, in one call; each may be
 * converted to another type on the way. For one thread; may be cleared and used again.
 *
 * <p>Conversions round to nearest, ties to even; what is too large becomes an infinity, and NaN
 * stays NaN. A float64 becomes a half type by way of float32, as in torch. Items are read in the
 * order they were added, so that of the file is the best.
 *
 * @see NativeFile#read
 * @see NativeCore#copy
 */
public final class MoveBatch {
  /** Axes that an item has at most. */
  public static final int AXES = 3;

  private static final int HEAD = 5; // words of tenon_move_item before its axes
  private static final int WORDS = HEAD + 3 * AXES;

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
   * Adds neighbouring elements to be converted, or copied if the types are the same.
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
    item(source, destination, from, to);
    axis(2, elements, from.bits() / 8, to.bits() / 8);
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
    return add(source, destination, DType.U8, DType.U8).axis(2, bytes, 1, 1);
  }

  /**
   * Adds a box of one element, which {@link #axis} makes larger.
   *
   * @param source offset in the file, or address, of the first element
   * @param destination address of the first element
   * @param from type of the source; of one without elements of whole bytes, a byte is moved
   * @param to type of the destination
   * @return this
   * @throws TenonException if a number is out of range, or the types differ and {@link #converts}
   *     says no
   */
  public MoveBatch add(long source, long destination, DType from, DType to) {
    item(source, destination, from, to);
    return this;
  }

  /**
   * Gives an axis of the item added last its size. Along the last axis neighbours are nearest in
   * the source; where they are not neighbours in the destination too, the elements that are lie
   * along the one before.
   *
   * @param axis from 0, the outermost, to 2
   * @param count elements along it
   * @param source bytes from one to the next in the source, not negative
   * @param destination bytes from one to the next in the destination, not negative
   * @return this
   * @throws TenonException if a number is out of range
   */
  public MoveBatch axis(int axis, long count, long source, long destination) {
    if (count < 0 || source < 0 || destination < 0 || count > Long.MAX_VALUE / 16) {
      throw new TenonException(
          "Nothing can be moved so: elements=%d, apart in the source=%d, in the destination=%d"
              .formatted(count, source, destination));
    }
    int at = (this.count - 1) * WORDS + HEAD + 3 * axis;
    items[at] = count;
    items[at + 1] = source;
    items[at + 2] = destination;
    return this;
  }

  private void item(long source, long destination, DType from, DType to) {
    if (from != to && !converts(from, to)) {
      throw new TenonException(
          "No conversion between these dtypes: from=%s, to=%s".formatted(from, to));
    } else if (source < 0) {
      throw new TenonException(
          "Nothing can be moved so: source=%d, destination=%d".formatted(source, destination));
    }
    if (items.length < (count + 1) * WORDS) {
      items = Arrays.copyOf(items, 2 * items.length);
    }
    int at = count++ * WORDS;
    items[at] = source;
    items[at + 1] = destination;
    items[at + 2] = from == to ? ElementCode.BYTES : ElementCode.of(from);
    items[at + 3] = from == to ? ElementCode.BYTES : ElementCode.of(to);
    items[at + 4] = from.isByteAddressable() ? from.bits() / 8 : 1; // one that is not: bytes
    for (int axis = 0; axis < AXES; axis++) {
      axis(axis, 1, 0, 0);
    }
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
    StringBuilder facts = new StringBuilder("item=" + index + ", source=" + items[at]);
    long bytes = items[at + 4];
    for (int axis = 0; axis < AXES; axis++) {
      bytes *= items[at + HEAD + 3 * axis];
    }
    return facts.append(", bytes=").append(bytes).toString();
  }
}
