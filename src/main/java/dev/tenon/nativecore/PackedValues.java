package dev.tenon.nativecore;

import dev.tenon.TenonException;

/**
 * How float32 come out of codes of a few bits in memory, for {@link NativeCore#unpack}: {@code
 * tenon_formula} of {@code native/include/tenon.h}, whose words these are. Nothing of what is at
 * the addresses is copied. For one thread.
 */
public final class PackedValues {
  private static final int WORDS = 24;

  private final long[] words = new long[WORDS];

  /**
   * Of a matrix of codes.
   *
   * @param codes their address
   * @param table address of what each stands for, float32
   */
  public PackedValues(long codes, long rows, long columns, long table) {
    words[0] = codes;
    words[1] = rows;
    words[2] = columns;
    words[13] = table;
    grid(1, 1, rows, columns);
    factor(1);
  }

  /**
   * Where the codes lie.
   *
   * @param kind {@code tenon_layout}
   * @param order {@code tenon_order}
   * @param bits of a code
   * @param pitch bytes from a row of units to the next
   * @param more unit, rows of units, first shift, shift, books, vector, as far as the kind has them
   * @return this
   */
  public PackedValues layout(int kind, int order, int bits, long pitch, long... more) {
    words[3] = kind;
    words[4] = order;
    words[5] = bits;
    words[6] = pitch;
    System.arraycopy(more, 0, words, 7, more.length);
    return this;
  }

  /**
   * What is done with scales and zeros.
   *
   * @param operation {@code tenon_operation}
   * @param scales address of a grid of float32, or 0
   * @param zeros the same
   * @return this
   */
  public PackedValues operation(int operation, long scales, long zeros) {
    words[14] = operation;
    words[15] = scales;
    words[16] = zeros;
    return this;
  }

  /**
   * Sizes of the grids, and how many rows and columns of codes share a number.
   *
   * @return this
   */
  public PackedValues grid(long rows, long columns, long blockRows, long blockColumns) {
    words[17] = rows;
    words[18] = columns;
    words[19] = blockRows;
    words[20] = blockColumns;
    return this;
  }

  /**
   * Places in the grids that are listed.
   *
   * @param rows address of an int32 for each row, or 0
   * @param columns the same for columns
   * @return this
   */
  public PackedValues index(long rows, long columns) {
    words[21] = rows;
    words[22] = columns;
    return this;
  }

  /**
   * What all is multiplied by in the end.
   *
   * @return this
   */
  public PackedValues factor(float factor) {
    words[23] = Double.doubleToRawLongBits(factor);
    return this;
  }

  /** The codes lie somewhere else by now: the address of the first, even if it is not there. */
  public PackedValues codes(long address) {
    words[0] = address;
    return this;
  }

  long[] words() {
    return words;
  }

  /** Says what failed. */
  static TenonException failure(int status, MoveBatch batch, long failed, String facts) {
    return Status.failure(
        status,
        failed < 0 && status < 0
            ? "A packed weight's numbers are none it can have, as an index beyond its scales"
            : "Cannot unpack a weight",
        facts + batch.facts(failed));
  }
}
