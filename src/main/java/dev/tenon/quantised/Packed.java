package dev.tenon.quantised;

import dev.tenon.checkpoint.TensorEntry;
import java.util.List;

/**
 * A weight that several tensors of a checkpoint hold together.
 *
 * @param name what the weight would be called if it were plain, such as {@code x.weight}
 * @param packing how it is packed
 * @param entries the tensors it cannot do without: first the one it was told by, which holds its
 *     numbers under most schemes
 */
public record Packed(String name, Packing packing, List<TensorEntry> entries) {

  /** Copies the list. */
  public Packed {
    entries = List.copyOf(entries);
  }

  /** {@return the tensor the weight was told by} */
  public TensorEntry mark() {
    return entries.get(0);
  }
}
