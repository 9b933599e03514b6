package dev.tenon.quantised;

import dev.tenon.checkpoint.TensorEntry;
import java.util.List;

/** A weight that several tensors of a checkpoint hold together. */
public final class Packed {
  private final String name;
  private final Packing packing;
  private final List<TensorEntry> entries;
  private final Unpacker unpacker;

  /**
   * As a scheme found it.
   *
   * @param name what the weight would be called if it were plain, such as {@code x.weight}
   * @param packing how it is packed
   * @param entries the tensors it cannot do without: first the one it was told by, which holds its
   *     numbers under most schemes
   * @param unpacker how it is unpacked
   */
  Packed(String name, Packing packing, List<TensorEntry> entries, Unpacker unpacker) {
    this.name = name;
    this.packing = packing;
    this.entries = List.copyOf(entries);
    this.unpacker = unpacker;
  }

  /** {@return what the weight would be called if it were plain} */
  public String name() {
    return name;
  }

  /** {@return how it is packed} */
  public Packing packing() {
    return packing;
  }

  /** {@return the tensors it cannot do without} */
  public List<TensorEntry> entries() {
    return entries;
  }

  /** {@return the tensor the weight was told by} */
  public TensorEntry mark() {
    return entries.get(0);
  }

  Unpacker unpacker() {
    return unpacker;
  }
}
