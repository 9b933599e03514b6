package dev.tenon.quantised;

import dev.tenon.tensor.Shape;

/** Which numbers of a matrix, or of a stack of them, share a scale. */
final class Groups {
  private static final long COMMON = 128;

  private Groups() {}

  /**
   * A group in words.
   *
   * @param numbers […, N, K]
   * @param scales a scalar, [N], […, N, G] or a grid […, n, k]
   * @param said what the config says; it alone tells how large the blocks of a grid are
   */
  static String of(Shape numbers, Shape scales, String said) {
    long rows = fromEnd(numbers, 2);
    long columns = fromEnd(numbers, 1);
    long stacked = numbers.rank() > 2 ? numbers.elements() / Math.max(1, rows * columns) : 1;
    if (said.indexOf('x') > 0 || numbers.elements() == 0) {
      return said; // A block may be larger than a matrix.
    }
    if (scales.elements() <= 1 || numbers.rank() > 2 && scales.elements() == stacked) {
      return Packing.TENSOR;
    }
    long groups = scales.elements() / stacked;
    if (groups == rows) {
      return Packing.ROW;
    }
    if (fromEnd(scales, 2) == rows) {
      return Long.toString((columns + fromEnd(scales, 1) - 1) / fromEnd(scales, 1));
    }
    if (fromEnd(scales, 2) == blocks(rows) && fromEnd(scales, 1) == blocks(columns)) {
      return COMMON + "x" + COMMON;
    }
    return said;
  }

  private static long blocks(long size) {
    return (size + COMMON - 1) / COMMON;
  }

  private static long fromEnd(Shape shape, int index) {
    return shape.rank() < index ? 1 : Math.max(1, shape.dim(shape.rank() - index));
  }
}
