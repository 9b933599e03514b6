package dev.tenon.checkpoint;

import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A tensor whose elements files hold: as they are, a {@link TensorEntry}, or packed, in which case
 * it is a tensor of float32 that comes into being as it is read.
 */
public interface Stored {
  /** {@return the name in the checkpoint} */
  String name();

  /** {@return the element type it is read in} */
  DType dtype();

  /** {@return the sizes} */
  Shape shape();

  /** {@return the file that holds the bytes, or the first of them} */
  Path file();

  /** {@return where the first element is, in bytes from where elements begin} */
  long offset();

  /** {@return how many elements apart neighbours of each dimension are, or null for row-major} */
  @Nullable Shape strides();

  /** {@return whether the elements lie in row-major order without gaps} */
  default boolean contiguous() {
    return strides() == null;
  }

  /** {@return the bytes the elements take in {@link #dtype()} without gaps} */
  default long bytes() {
    return dtype().bytes(shape().elements());
  }
}
