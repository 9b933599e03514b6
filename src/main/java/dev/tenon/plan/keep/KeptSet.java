package dev.tenon.plan.keep;

import dev.tenon.checkpoint.Stored;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.Step;
import dev.tenon.plan.box.Piece;
import dev.tenon.quantised.PackedWeight;
import dev.tenon.quantised.Unpacking;
import dev.tenon.quantised.formula.Unpacked;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tensors that stand in the place of one slot.
 *
 * @param slot what the slot is called
 * @param names what they are called in the model
 * @param entries where they are, one for each name
 * @param weights the packed weights they make up: one, or those that the slot is put together from
 * @param whole whether they are the slot and nothing else, so that ties hold for all of them
 */
record KeptSet(
    String slot,
    List<String> names,
    List<TensorEntry> entries,
    List<PackedWeight> weights,
    boolean whole) {

  /** A slot that is one packed weight. */
  static KeptSet of(Step.Read read, Unpacked weight, Unpacking unpacking) {
    String slot = read.slot().name();
    List<String> names = new ArrayList<>();
    for (TensorEntry part : weight.parts()) {
      names.add(renamed(part.name(), weight.name(), slot));
    }
    PackedWeight described = described(weight, slot, slot, unpacking, names);
    return new KeptSet(slot, names, weight.parts(), List.of(described), true);
  }

  /**
   * A slot that is put together from several tensors, which are called as they are stored, in the
   * module's place.
   *
   * @param placed entries that stand in another slot's place already; these are added
   */
  static KeptSet of(
      Step.Assemble step, Unpacking unpacking, ModulePlaces places, Set<Stored> placed) {
    String slot = step.slot().name();
    List<String> names = new ArrayList<>();
    List<TensorEntry> entries = new ArrayList<>();
    List<PackedWeight> weights = new ArrayList<>();
    for (Piece piece : step.pieces()) {
      if (!placed.add(piece.entry())) {
        continue;
      } else if (piece.entry() instanceof TensorEntry plain) {
        names.add(places.place(plain.name()));
        entries.add(plain);
      } else if (piece.entry() instanceof Unpacked weight) {
        String name = places.place(weight.name());
        List<String> own = new ArrayList<>();
        for (TensorEntry part : weight.parts()) {
          own.add(renamed(part.name(), weight.name(), name));
        }
        names.addAll(own);
        entries.addAll(weight.parts());
        weights.add(described(weight, name, slot, unpacking, own));
      }
    }
    return new KeptSet(slot, names, entries, weights, false);
  }

  private static PackedWeight described(
      Unpacked weight, String name, String slot, Unpacking unpacking, List<String> tensors) {
    return new PackedWeight(
        name,
        slot,
        weight.shape(),
        weight.strides(),
        unpacking.packing(weight),
        weight.formula(),
        tensors);
  }

  /** The same set under the name of another slot, whose tensors are these. */
  KeptSet of(String other) {
    Map<String, String> renamed = new HashMap<>();
    for (String name : names) {
      renamed.put(name, renamed(name, slot, other));
    }
    List<PackedWeight> theirs = new ArrayList<>();
    for (PackedWeight weight : weights) {
      theirs.add(
          new PackedWeight(
              other,
              other,
              weight.shape(),
              weight.strides(),
              weight.packing(),
              weight.formula(),
              weight.tensors().stream().map(renamed::get).toList()));
    }
    List<String> others = names.stream().map(renamed::get).toList();
    return new KeptSet(other, others, entries, theirs, whole);
  }

  /** Whether this set may share the tensors of another: name by name they are of one kind. */
  boolean matches(KeptSet other) {
    if (!whole || !other.whole || !other.of(slot).names.equals(names)) {
      return false;
    }
    for (int i = 0; i < entries.size(); i++) {
      TensorEntry one = entries.get(i);
      TensorEntry two = other.entries.get(i);
      if (one.dtype() != two.dtype() || !one.shape().equals(two.shape())) {
        return false;
      }
    }
    return true;
  }

  /** A tensor's name, once what it belongs to is called otherwise. */
  private static String renamed(String tensor, String weight, String now) {
    String module = ModulePlaces.in(ModulePlaces.module(weight), "");
    if (!tensor.startsWith(module)) {
      return tensor;
    }
    String rest = tensor.substring(module.length());
    String leaf = ModulePlaces.leaf(weight);
    String other = ModulePlaces.leaf(now);
    boolean after = rest.startsWith(leaf) && !leaf.equals(other);
    return ModulePlaces.in(
        ModulePlaces.module(now), after ? other + rest.substring(leaf.length()) : rest);
  }
}
