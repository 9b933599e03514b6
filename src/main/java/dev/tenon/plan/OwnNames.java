package dev.tenon.plan;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Patterns;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * The plan of last resort, for a model that no family and no skeleton file describes: a slot for
 * every tensor of the checkpoint under its own name.
 */
final class OwnNames {
  private OwnNames() {}

  static LoadPlan plan(Checkpoint checkpoint, PlanOptions options) {
    DType dtype = LoadDType.choose(checkpoint, Config.defaults(), options);
    List<Slot> slots = new ArrayList<>(checkpoint.entries().size());
    List<Step> steps = new ArrayList<>(checkpoint.entries().size());
    for (TensorEntry entry : checkpoint.entries()) {
      Slot slot = slot(entry, options.dtype() == null);
      slots.add(slot);
      steps.add(new Step.Read(slot, slot.dtypeIn(dtype), entry));
    }
    List<String> warnings = new ArrayList<>();
    warnings.add(
        "No family and no skeleton file describe this model, so nothing can be found missing: file="
            + checkpoint.directory());
    warnings.addAll(shadowed(checkpoint));
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

  private static Slot slot(TensorEntry entry, boolean fixedDtype) {
    boolean trainable = entry.dtype().isFloatingPoint();
    return new Slot(
        entry.name(), entry.shape(), entry.dtype(), Slot.Role.PARAMETER, fixedDtype, trainable);
  }
}
