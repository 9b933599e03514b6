package dev.tenon.tensor;

import java.util.Arrays;

/** The sizes of a tensor's dimensions, outermost first, row-major. A scalar has none. Immutable. */
public final class Shape {
  /** The shape of a scalar: no dimensions, one element. */
  public static final Shape SCALAR = new Shape();

  private static final long TOO_MANY = -1;

  private final long[] dims;
  private final long elements; // Asked for again and again.

  private Shape(long... dims) {
    this.dims = dims;
    this.elements = product(dims);
  }

  private static long product(long[] dims) {
    long product = 1;
    for (long dim : dims) {
      if (Math.multiplyHigh(product, dim) != 0 || product * dim < 0) {
        return TOO_MANY;
      }
      product *= dim;
    }
    return product;
  }

  /**
   * A shape of these sizes.
   *
   * @param dims sizes, none negative
   * @return their shape
   * @throws IllegalArgumentException if a size is negative
   */
  public static Shape of(long... dims) {
    for (long dim : dims) {
      if (dim < 0) {
        throw new IllegalArgumentException("Negative size: shape=" + Arrays.toString(dims));
      }
    }
    return dims.length == 0 ? SCALAR : new Shape(dims.clone());
  }

  /** {@return how many dimensions there are} */
  public int rank() {
    return dims.length;
  }

  /**
   * The size of one dimension; a negative index counts from the last, −1 being the innermost.
   *
   * @param index from {@code -rank} to {@code rank - 1}
   * @return how many elements lie along it
   * @throws ArrayIndexOutOfBoundsException if there is no such dimension
   */
  public long dim(int index) {
    return dims[index < 0 ? dims.length + index : index];
  }

  /** {@return this shape with another size of one dimension, counted from the outermost} */
  public Shape with(int index, long size) {
    long[] others = dims.clone();
    others[index] = size;
    return of(others);
  }

  /** {@return the sizes, a copy} */
  public long[] dims() {
    return dims.clone();
  }

  /**
   * {@return how many elements apart neighbours of each dimension are in row-major order; an empty
   * dimension counts as one}
   */
  public long[] rowMajor() {
    long[] strides = new long[dims.length];
    long next = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = next;
      next *= Math.max(1, dims[i]);
    }
    return strides;
  }

  /**
   * How many elements.
   *
   * @return the product of the sizes, 1 for a scalar
   * @throws ArithmeticException if the product passes 2^63 − 1 at any point
   */
  public long elements() {
    if (elements == TOO_MANY) {
      throw new ArithmeticException("Too many elements: shape=" + this);
    }
    return elements;
  }

  /** {@return whether there are no more elements than this} */
  public boolean holdsAtMost(long most) {
    return elements != TOO_MANY && elements <= most;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  /** As JSON and Python write it: {@code [256000, 2304]}. */
  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}
