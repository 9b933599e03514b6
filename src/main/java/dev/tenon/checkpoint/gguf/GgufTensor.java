package dev.tenon.checkpoint.gguf;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.nio.file.Path;

/**
 * A tensor of a GGUF file.
 *
 * @param name what the file calls it
 * @param type of its elements
 * @param shape its sizes, the outermost dimension first; at least one, the last a multiple of the
 *     type's block
 * @param file the file that holds it
 * @param offset of its first byte, from the start of the file
 */
public record GgufTensor(String name, GgmlType type, Shape shape, Path file, long offset) {

  /** {@return how many rows it has, all dimensions but the last} */
  public long rows() {
    long rows = 1;
    for (int dim = 0; dim < shape.rank() - 1; dim++) {
      rows *= shape.dim(dim);
    }
    return rows;
  }

  /** {@return bytes of a row} */
  public long rowBytes() {
    return shape.dim(shape.rank() - 1) / type.elements() * type.bytes();
  }

  /** {@return bytes of all of it} */
  public long bytes() {
    return rows() * rowBytes();
  }

  /** {@return the tensor as it is stored: of blocks, their bytes, with a row for each row} */
  public TensorEntry entry() {
    DType dtype = type.dtype();
    if (dtype != null) {
      return new TensorEntry(name, dtype, shape, file, offset, null);
    }
    long[] dims = shape.dims();
    dims[dims.length - 1] = rowBytes();
    return new TensorEntry(name, DType.U8, Shape.of(dims), file, offset, null);
  }
}
