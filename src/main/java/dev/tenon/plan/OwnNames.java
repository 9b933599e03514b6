package dev.tenon.plan;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.names.Dialect;
import dev.tenon.plan.names.KeyNames;
import dev.tenon.quantised.Quantisation;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Patterns;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The plan of last resort, for a model that no family and no skeleton file describes: a slot for
 * every tensor of the checkpoint under its own name.
 */
final class OwnNames {
  private OwnNames() {}

  static LoadPlan plan(Checkpoint checkpoint, Quantisation said, PlanOptions options) {
    PackedWeights.refuse(checkpoint, said);
    DType dtype = LoadDType.choose(checkpoint, Config.defaults(), options);
    KeyNames keys = KeyNames.mapped(checkpoint.entries(), options.keyMapping());
    List<String> warnings = new ArrayList<>();
    warnings.add(
        "No family and no skeleton file describe this model, so nothing can be found missing: file="
            + checkpoint.directory());
    warnings.addAll(PackedWeights.promised(checkpoint, said));
    warnings.addAll(shadowed(checkpoint));
    warnings.addAll(keys.warnings());
    Map<String, TensorEntry> named = named(checkpoint.entries(), keys, warnings);
    List<Slot> slots = new ArrayList<>(named.size());
    List<Step> steps = new ArrayList<>(named.size());
    RawNumbers raw = new RawNumbers();
    named.forEach(
        (name, entry) -> {
          Slot slot = slot(name, entry, options.dtype() == null);
          slots.add(slot);
          raw.look(entry, slot.dtypeIn(dtype));
          if (entry.dtype().isPacked() && options.dtype() != null) {
            throw PackedFloats.refusal(entry, dtype); // They are floats, which shall all be that.
          }
          steps.add(new Step.Read(slot, slot.dtypeIn(dtype), entry));
        });
    raw.refuse();
    PackedFloats.refuse(steps);
    return new LoadPlan(
        new Skeleton("", "", "", slots, List.of(), List.of(), Patterns.NONE, List.of(), List.of()),
        dtype,
        Dialect.OWN,
        steps,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        warnings);
  }

  /** The files' own warnings, and one for each tensor that another file's of its name hides. */
  static List<String> shadowed(Checkpoint checkpoint) {
    List<String> warnings = new ArrayList<>(checkpoint.warnings());
    for (TensorEntry entry : checkpoint.shadowed()) {
      warnings.add(
          "Two files hold a tensor of one name, the later file's is used: tensor=%s, lost=%s"
              .formatted(entry.name(), entry.file()));
    }
    return warnings;
  }

  /** Entries by what they are called; a mapping may give two of them one name. */
  private static Map<String, TensorEntry> named(
      List<TensorEntry> entries, KeyNames keys, List<String> warnings) {
    Map<String, TensorEntry> named = new LinkedHashMap<>();
    for (int i = 0; i < entries.size(); i++) {
      TensorEntry first = named.putIfAbsent(keys.get(i), entries.get(i));
      if (first != null) {
        warnings.add(Matching.lost(keys.get(i), first.name(), entries.get(i).name()));
      }
    }
    return named;
  }

  private static Slot slot(String name, TensorEntry entry, boolean fixedDtype) {
    boolean trainable = entry.dtype().isFloatingPoint();
    return new Slot(name, entry.shape(), entry.dtype(), Slot.Role.PARAMETER, fixedDtype, trainable);
  }
}
