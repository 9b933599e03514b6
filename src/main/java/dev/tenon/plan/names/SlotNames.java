package dev.tenon.plan.names;

import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The slots of a model by name, and what names checkpoints may give them. */
public final class SlotNames {
  private final List<Slot> slots;
  private final Map<String, Integer> index;
  private final String prefix;

  /**
   * First segments of all names, and of those with the base prefix once it is off. Nearly every key
   * has neither to gain nor to lose the prefix, and a short look here spares it two long names.
   */
  private final Set<String> bareStarts = new HashSet<>();

  private final Set<String> basedStarts = new HashSet<>();

  public SlotNames(Skeleton skeleton) {
    slots = skeleton.slots();
    index = skeleton.index();
    prefix = skeleton.basePrefix().isEmpty() ? "" : skeleton.basePrefix() + ".";
    for (Slot slot : slots) {
      bareStarts.add(segment(slot.name(), 0));
      if (slot.name().startsWith(prefix)) {
        basedStarts.add(segment(slot.name(), prefix.length()));
      }
    }
  }

  /** The slot of this very name, or -1. */
  public int find(String name) {
    Integer slot = index.get(name);
    return slot == null ? -1 : slot;
  }

  /** Whether some slot's name begins with this segment. */
  boolean begins(String segment) {
    return bareStarts.contains(segment);
  }

  /** Whether checkpoints hold a slot of this very name. */
  public boolean stored(String name) {
    return storedAs(name) >= 0;
  }

  /**
   * The stored slot a checkpoint's name stands for, or -1: the one of the name without the base
   * prefix, else the one of the name with it, else the one of the name itself. A base model's
   * {@code linear.weight} so goes to {@code base.linear.weight} although the head has a {@code
   * linear.weight} too.
   */
  public int locate(String name) {
    if (!prefix.isEmpty()) {
      int slot = withoutPrefix(name);
      slot = slot >= 0 ? slot : withPrefix(name);
      if (slot >= 0) {
        return slot;
      }
    }
    return storedAs(name);
  }

  private int withoutPrefix(String name) {
    boolean possible =
        name.startsWith(prefix) && bareStarts.contains(segment(name, prefix.length()));
    return possible ? storedAs(name.substring(prefix.length())) : -1;
  }

  private int withPrefix(String name) {
    return basedStarts.contains(segment(name, 0)) ? storedAs(prefix.concat(name)) : -1;
  }

  private int storedAs(String name) {
    Integer slot = index.get(name);
    return slot != null && slots.get(slot).persistent() ? slot : -1;
  }

  private static String segment(String name, int from) {
    int dot = name.indexOf('.', from);
    return name.substring(from, dot < 0 ? name.length() : dot);
  }
}
