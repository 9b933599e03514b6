package dev.tenon.checkpoint;

import dev.tenon.checkpoint.format.Errors;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A tensor as a safetensors header states it, before its numbers are believed.
 *
 * @param dims sizes, unsigned: the format allows up to 2^64 − 1 beside a size of 0
 * @param begin its first byte, from the start of the data
 * @param end one past its last byte, from the start of the data
 */
record HeaderTensor(String name, DType dtype, long[] dims, long begin, long end) {

  /**
   * Bytes the shape and dtype call for.
   *
   * @throws ArithmeticException if a product, taken from the left, passes 2^64 − 1 bits, or the
   *     bits make no whole number of bytes
   */
  long bytes() {
    long bits = 1;
    for (long dim : dims) {
      bits = multiplyUnsigned(bits, dim);
    }
    bits = multiplyUnsigned(bits, dtype.bits());
    if (bits % 8 != 0) {
      throw new ArithmeticException("Elements are no whole number of bytes");
    }
    return bits >>> 3;
  }

  private static long multiplyUnsigned(long a, long b) {
    if (((a | b) >>> 31) != 0
        && a != 0
        && Long.compareUnsigned(b, Long.divideUnsigned(-1, a)) > 0) {
      throw new ArithmeticException("Size passes 2^64 - 1 bits");
    }
    return a * b;
  }

  /** The shape as the header writes it. */
  String shape() {
    return Arrays.stream(dims).limit(64).mapToObj(Long::toUnsignedString).toList().toString();
  }

  /** This tensor in its file, whose data starts at {@code dataStart}. */
  TensorEntry inFile(Path file, long dataStart) {
    try {
      return TensorEntry.packed(name, dtype, Shape.of(dims), file, dataStart + begin);
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw Errors.bad(
          file,
          "A tensor without elements has a size past 2^63 - 1",
          "tensor",
          name,
          "shape",
          shape());
    }
  }
}
