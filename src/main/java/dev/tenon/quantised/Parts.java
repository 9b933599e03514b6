package dev.tenon.quantised;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.quantised.formula.Formula;
import dev.tenon.quantised.formula.Unpacked;
import dev.tenon.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The tensors of a packed weight, and all that is known beside them. For one thread. */
final class Parts {
  private final Packed packed;
  private final Checkpoint checkpoint;
  private final Quantisation said;
  private final SmallTensors small;
  private final Set<TensorEntry> used = new LinkedHashSet<>();

  Parts(Packed packed, Checkpoint checkpoint, Quantisation said, SmallTensors small) {
    this.packed = packed;
    this.checkpoint = checkpoint;
    this.said = said.of(packed.name());
    this.small = small;
    this.used.addAll(packed.entries());
  }

  /** The tensor it was told by, or one of its companions, as the scheme lists them. */
  TensorEntry get(int index) {
    return packed.entries().get(index);
  }

  /** The tensor called as the weight with something after it, if there is one. */
  @Nullable TensorEntry after(String suffix) {
    return take(packed.name().concat(suffix));
  }

  /** The tensor beside the weight of this name, if there is one. */
  @Nullable TensorEntry beside(String name) {
    int dot = packed.name().lastIndexOf('.');
    return take(packed.name().substring(0, dot + 1).concat(name));
  }

  /** The same, which has to be there. */
  TensorEntry required(String name) {
    TensorEntry entry = beside(name);
    if (entry == null) {
      throw new IllegalArgumentException("there is no " + name);
    }
    return entry;
  }

  private @Nullable TensorEntry take(String name) {
    TensorEntry entry = checkpoint.find(name);
    if (entry != null) {
      used.add(entry);
    }
    return entry;
  }

  Packing packing() {
    return packed.packing();
  }

  Quantisation said() {
    return said;
  }

  SmallTensors small() {
    return small;
  }

  /** The weight, row-major as its codes are. */
  Unpacked unpacked(Shape shape, Formula formula) {
    return unpacked(shape, null, formula);
  }

  /** The weight, whose codes lie in another order. */
  Unpacked unpacked(Shape shape, @Nullable Shape strides, Formula formula) {
    return new Unpacked(
        packed.name(), shape, strides, formula, packing().toString(), new ArrayList<>(used));
  }

  /** How many numbers share a scale along a row, as the config says; 0 if it does not. */
  long group() {
    String group = said.group();
    return group.isEmpty() || group.chars().anyMatch(c -> c < '0' || c > '9') || group.length() > 9
        ? 0
        : Long.parseLong(group);
  }

  List<TensorEntry> entries() {
    return packed.entries();
  }
}
