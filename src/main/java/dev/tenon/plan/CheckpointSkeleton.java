package dev.tenon.plan;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.skeleton.Patterns;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import java.util.ArrayList;
import java.util.List;

/**
 * The skeleton of last resort, for a model that no family and no skeleton file describes: a slot
 * for every tensor of the checkpoint, as it is. It has no class, no ties and no rules.
 */
final class CheckpointSkeleton {
  private CheckpointSkeleton() {}

  /**
   * A slot for each entry, in their order.
   *
   * @param keepDTypes whether floating-point slots stay in the file's dtype whatever a load asks
   */
  static Skeleton of(Checkpoint checkpoint, boolean keepDTypes) {
    List<Slot> slots = new ArrayList<>(checkpoint.entries().size());
    for (TensorEntry entry : checkpoint.entries()) {
      boolean trainable = entry.dtype().isFloatingPoint();
      slots.add(
          new Slot(
              entry.name(),
              entry.shape(),
              entry.dtype(),
              Slot.Role.PARAMETER,
              keepDTypes,
              trainable));
    }
    return new Skeleton(
        "", "", "", slots, List.of(), List.of(), Patterns.NONE, List.of(), List.of());
  }
}
