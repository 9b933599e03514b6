package dev.tenon.plan;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.Stored;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.keep.KeptGguf;
import dev.tenon.plan.names.Dialect;
import dev.tenon.plan.names.KeyNames;
import dev.tenon.plan.tie.PlannedTies;
import dev.tenon.quantised.Quantisation;
import dev.tenon.quantised.Unpacking;
import dev.tenon.quantised.formula.Unpacked;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.names.Patterns;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
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
    if (options.keepPacked() && !checkpoint.gguf().isEmpty()) {
      return KeptGguf.plan(checkpoint);
    }
    Unpacking unpacking = PackedWeights.of(checkpoint, said);
    List<? extends Stored> entries = unpacking.entries(checkpoint, name -> false);
    DType dtype = LoadDType.choose(checkpoint, Config.defaults(), options);
    KeyNames keys = KeyNames.mapped(entries, options.keyMapping());
    List<String> warnings = new ArrayList<>();
    warnings.add(
        "No family and no skeleton file describe this model, so nothing can be found missing: file="
            + checkpoint.directory());
    warnings.addAll(PackedWeights.promised(checkpoint, said, unpacking));
    if (!options.keepPacked()) {
      warnings.addAll(PackedWeights.unpacked(unpacking, dtype));
    }
    warnings.addAll(shadowed(checkpoint));
    warnings.addAll(keys.warnings());
    Map<String, Stored> named = named(entries, keys, warnings);
    List<Slot> slots = new ArrayList<>(named.size());
    List<Step> steps = new ArrayList<>(named.size());
    RawNumbers raw = new RawNumbers();
    named.forEach(
        (name, entry) -> {
          DType own = entry instanceof Unpacked ? dtype : entry.dtype();
          Slot slot = slot(name, entry.shape(), own, options.dtype() == null);
          slots.add(slot);
          raw.look(entry, slot.dtypeIn(dtype));
          if (entry.dtype().isPacked() && options.dtype() != null) {
            throw PackedFloats.refusal(entry, dtype); // They are floats, which shall all be that.
          }
          steps.add(new Step.Read(slot, slot.dtypeIn(dtype), entry));
        });
    raw.refuse();
    PackedFloats.refuse(steps);
    PackedWeights.requireTypes(steps);
    LoadPlan plan =
        new LoadPlan(
            new Skeleton(
                "", "", "", slots, List.of(), List.of(), Patterns.NONE, List.of(), List.of()),
            dtype,
            Dialect.OWN,
            steps,
            PlannedTies.NONE,
            Findings.NONE.warning(warnings),
            List.of());
    return options.keepPacked()
        ? Planner.kept(plan, checkpoint, unpacking, name -> false, options)
        : plan;
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
  private static Map<String, Stored> named(
      List<? extends Stored> entries, KeyNames keys, List<String> warnings) {
    Map<String, Stored> named = new LinkedHashMap<>();
    for (int i = 0; i < entries.size(); i++) {
      Stored first = named.putIfAbsent(keys.get(i), entries.get(i));
      if (first != null) {
        warnings.add(Matching.lost(keys.get(i), first.name(), entries.get(i).name()));
      }
    }
    return named;
  }

  private static Slot slot(String name, Shape shape, DType dtype, boolean fixedDtype) {
    boolean trainable = dtype.isFloatingPoint();
    return new Slot(name, shape, dtype, Slot.Role.PARAMETER, fixedDtype, trainable);
  }
}
