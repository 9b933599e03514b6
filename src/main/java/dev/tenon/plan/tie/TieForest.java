package dev.tenon.plan.tie;

import dev.tenon.TenonException;
import dev.tenon.lang.Lists;
import dev.tenon.plan.names.SlotNames;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.Tie;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Declared ties united into groups, chains included. Each group is a tree: a target hangs below its
 * source, and the root is a source that nothing else gives its tensor to.
 */
public final class TieForest {
  private static final int NONE = -1;

  private final int[] group;
  private final int[] parent;
  private final Map<Integer, Tie> declared = new HashMap<>();
  private final Map<Integer, List<Integer>> children = new LinkedHashMap<>();

  private TieForest(int slots) {
    group = Owners.none(slots);
    parent = new int[slots];
    Arrays.fill(parent, NONE);
  }

  /**
   * Unites ties.
   *
   * @throws TenonException if a tie names no slot, or two tied slots differ in shape
   */
  public static TieForest of(List<Slot> slots, SlotNames names, List<Tie> ties) {
    TieForest forest = new TieForest(slots.size());
    for (Tie tie : ties) {
      int target = names.find(tie.target());
      int source = names.find(tie.source());
      if (target < 0 || source < 0) {
        throw new TenonException(
            "A declared tie names no slot: target=%s, source=%s, absent=%s"
                .formatted(tie.target(), tie.source(), target < 0 ? tie.target() : tie.source()));
      }
      checkShapes(slots.get(target), slots.get(source));
      forest.unite(target, source, tie);
    }
    return forest;
  }

  /** What a slot hangs below, which has its shape; -1 for a root. */
  int parent(int slot) {
    return parent[slot];
  }

  /** The tie that hangs a slot below its parent, which it must have. */
  Tie declared(int slot) {
    return Objects.requireNonNull(declared.get(slot));
  }

  /** Each group's slots from its root outwards, level by level, in declared order. */
  List<List<Integer>> groups() {
    List<List<Integer>> groups = new ArrayList<>();
    for (int slot : children.keySet()) {
      if (parent[slot] == NONE) {
        groups.add(outwards(slot));
      }
    }
    return groups;
  }

  private List<Integer> outwards(int root) {
    List<Integer> order = new ArrayList<>();
    ArrayDeque<Integer> next = new ArrayDeque<>(List.of(root));
    while (!next.isEmpty()) {
      int slot = next.remove();
      order.add(slot);
      next.addAll(children.getOrDefault(slot, List.of()));
    }
    return order;
  }

  private void unite(int target, int source, Tie tie) {
    int one = find(target);
    int other = find(source);
    if (one == other) {
      return;
    }
    group[one] = other;
    if (parent[target] == NONE) {
      hang(target, source, tie);
    } else {
      // The target has a source already: the two sources are one tensor then.
      hang(root(source), root(target), tie);
    }
  }

  private void hang(int below, int above, Tie tie) {
    declared.put(below, tie);
    parent[below] = above;
    Lists.add(children, above, below);
  }

  private int root(int slot) {
    int at = slot;
    while (parent[at] != NONE) {
      at = parent[at];
    }
    return at;
  }

  private int find(int slot) {
    int at = slot;
    while (group[at] != at) {
      group[at] = group[group[at]];
      at = group[at];
    }
    return at;
  }

  private static void checkShapes(Slot target, Slot source) {
    if (!target.shape().equals(source.shape())) {
      throw new TenonException(
          "Two tied slots have different shapes: target=%s, actual=%s, source=%s, expected=%s"
              .formatted(target.name(), target.shape(), source.name(), source.shape()));
    }
  }
}
