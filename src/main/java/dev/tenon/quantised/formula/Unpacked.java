package dev.tenon.quantised.formula;

import dev.tenon.checkpoint.Stored;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A packed weight as it is once it is unpacked: a tensor of float32, of which every element is
 * where the codes have it.
 *
 * @param name what the weight is called
 * @param shape its sizes
 * @param strides how many codes apart neighbours of each dimension are, or null for row-major
 * @param formula how its elements come about
 * @param packing how it is packed, in words, such as {@code gptq 4 bits g128}
 * @param parts all tensors of the checkpoint that belong to it
 */
public record Unpacked(
    String name,
    Shape shape,
    @Nullable Shape strides,
    Formula formula,
    String packing,
    List<TensorEntry> parts)
    implements Stored {

  /**
   * Checks that there are as many elements as codes.
   *
   * @throws IllegalArgumentException if there are not
   */
  public Unpacked {
    parts = List.copyOf(parts);
    if (shape.elements() != formula.count() || shape.elements() > Long.MAX_VALUE / 64) {
      throw new IllegalArgumentException(
          "a weight of shape " + shape + " does not have " + formula.count() + " codes");
    }
  }

  @Override
  public DType dtype() {
    return DType.F32;
  }

  @Override
  public Path file() {
    return formula.codes().entry().file();
  }

  @Override
  public long offset() {
    return 0;
  }

  /** Bytes its tensors take in the files. */
  public long packedBytes() {
    long bytes = 0;
    for (TensorEntry part : parts) {
      bytes += part.bytes();
    }
    return bytes;
  }
}
