package dev.tenon.plan;

import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import java.util.List;
import java.util.Map;

/** The slots of a model by name, and what names checkpoints may give them. */
final class SlotNames {
  private final List<Slot> slots;
  private final Map<String, Integer> index;
  private final String prefix;

  SlotNames(Skeleton skeleton) {
    slots = skeleton.slots();
    index = skeleton.index();
    prefix = skeleton.basePrefix().isEmpty() ? "" : skeleton.basePrefix() + ".";
  }

  /** The slot of this very name, or -1. */
  int find(String name) {
    Integer slot = index.get(name);
    return slot == null ? -1 : slot;
  }

  /** Whether checkpoints hold a slot of this very name. */
  boolean stored(String name) {
    return storedAs(name) >= 0;
  }

  /**
   * The stored slot a checkpoint's name stands for, or -1: the one of the name without the base
   * prefix, else the one of the name with it, else the one of the name itself. A base model's
   * {@code linear.weight} so goes to {@code base.linear.weight} although the head has a {@code
   * linear.weight} too.
   */
  int locate(String name) {
    if (!prefix.isEmpty()) {
      int bare = name.startsWith(prefix) ? storedAs(name.substring(prefix.length())) : -1;
      int based = bare >= 0 ? bare : storedAs(prefix.concat(name));
      if (based >= 0) {
        return based;
      }
    }
    return storedAs(name);
  }

  private int storedAs(String name) {
    Integer slot = index.get(name);
    return slot != null && slots.get(slot).persistent() ? slot : -1;
  }
}
