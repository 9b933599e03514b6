package dev.tenon.quantised;

import dev.tenon.tensor.Shape;

/** Sizes of a matrix, or of a stack of them: […, N, K]. */
final class Matrices {
  private Matrices() {}

  /** K, the last size. */
  static long columns(Shape shape) {
    if (shape.rank() < 2 || shape.elements() == 0) {
      throw new IllegalArgumentException("a shape of " + shape + " is no matrix");
    }
    return shape.dim(-1);
  }

  /** N of all matrices together. */
  static long rows(Shape shape) {
    return shape.elements() / columns(shape);
  }

  /** The same stack with another K. */
  static Shape with(Shape shape, long columns) {
    return shape.with(shape.rank() - 1, columns);
  }

  /**
   * K of codes in words.
   *
   * @param words of a row, each of so many bits
   * @throws IllegalArgumentException if none fits
   */
  static void requireWords(long words, long wordBits, long columns, int bits) {
    long needed = (Math.multiplyExact(columns, (long) bits) + wordBits - 1) / wordBits;
    if (words != needed) {
      throw new IllegalArgumentException(
          "rows have "
              + words
              + " words, and "
              + columns
              + " numbers of "
              + bits
              + " bits need "
              + needed);
    }
  }
}
