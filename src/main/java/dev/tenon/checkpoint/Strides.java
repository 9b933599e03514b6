package dev.tenon.checkpoint;

import dev.tenon.tensor.Shape;

/** What strides, in elements, say about a shape. */
public final class Strides {
  private Strides() {}

  /** Whether these are the strides of row-major order; a dimension of size 1 may have any. */
  static boolean isRowMajor(Shape shape, Shape strides) {
    if (shape.elements() == 0) {
      return true;
    }
    long expected = 1;
    for (int i = shape.rank() - 1; i >= 0; i--) {
      if (shape.dim(i) != 1) {
        if (strides.dim(i) != expected) {
          return false;
        }
        expected *= shape.dim(i);
      }
    }
    return true;
  }

  /**
   * How many elements lie from the first to the last one, both counted: {@code 1 + Σ (size − 1) ·
   * stride}, or 0 if there are none.
   *
   * @throws ArithmeticException if that passes 2^63 − 1
   */
  public static long extent(Shape shape, Shape strides) {
    if (shape.elements() == 0) {
      return 0;
    }
    long extent = 1;
    for (int i = 0; i < shape.rank(); i++) {
      extent = Math.addExact(extent, Math.multiplyExact(shape.dim(i) - 1, strides.dim(i)));
    }
    return extent;
  }
}
