package dev.tenon.checkpoint;

import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where one tensor's bytes are. Elements are little-endian. Several entries may share bytes: a
 * {@code .bin} file stores a tied tensor once.
 *
 * @param name the name in the checkpoint
 * @param dtype the element type in the file
 * @param shape the sizes; the element count fits a {@code long}
 * @param file the file that holds the bytes
 * @param offset where the first element is, in bytes from the start of the file; need not be
 *     aligned
 * @param strides how many elements apart neighbours of each dimension are, or null for row-major
 *     order without gaps; never a row-major shape's own strides
 */
public record TensorEntry(
    String name, DType dtype, Shape shape, Path file, long offset, @Nullable Shape strides)
    implements Stored {

  /**
   * Checks the facts against each other and drops strides that say row-major.
   *
   * @throws ArithmeticException if the size in bytes passes 2^63 − 1 bits or is no whole number
   * @throws IllegalArgumentException if the offset is negative or a stride is missing
   */
  public TensorEntry {
    Objects.requireNonNull(name);
    Objects.requireNonNull(file);
    dtype.bytes(shape.elements());
    if (offset < 0) {
      throw new IllegalArgumentException("Negative offset: tensor=" + name + ", offset=" + offset);
    }
    if (strides != null) {
      if (strides.rank() != shape.rank()) {
        throw new IllegalArgumentException(
            "Not a stride for each dimension: shape=" + shape + ", strides=" + strides);
      }
      strides = Strides.isRowMajor(shape, strides) ? null : strides;
    }
  }

  /** An entry in row-major order without gaps, as every one of a safetensors file is. */
  static TensorEntry packed(String name, DType dtype, Shape shape, Path file, long offset) {
    return new TensorEntry(name, dtype, shape, file, offset, null);
  }

  /** {@return whether elements, or the bytes they share, lie at whole multiples of their size} */
  public boolean aligned() {
    return dtype.isPacked() || offset % (dtype.bits() / 8) == 0;
  }

  /**
   * {@return the bytes from {@link #offset()} to the end of the last element: {@link #bytes()} if
   * contiguous, else what a reader must map or read to see every element}
   */
  public long span() {
    return strides == null ? bytes() : dtype.bytes(Strides.extent(shape, strides));
  }
}
