package dev.tenon.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who owns each slot's tensor, as a forest over slot indices: a slot that points at itself owns its
 * own.
 */
final class Owners {
  private Owners() {}

  /** The owners the steps state. */
  static int[] of(List<Step> steps) {
    int[] owners = new int[steps.size()];
    for (int i = 0; i < owners.length; i++) {
      owners[i] = steps.get(i) instanceof Step.Tied tied ? tied.owner() : i;
    }
    return owners;
  }

  /** The slot at the end of the pointers from {@code slot}. */
  static int find(int[] owners, int slot) {
    int at = slot;
    while (owners[at] != at) {
      at = owners[at];
    }
    return at;
  }

  /** The steps with a {@link Step.Tied} for every slot that owns nothing. */
  static List<Step> tied(List<Step> steps, int[] owners) {
    List<Step> tied = new ArrayList<>(steps);
    for (int i = 0; i < owners.length; i++) {
      int owner = find(owners, i);
      if (owner != i) {
        tied.set(i, new Step.Tied(steps.get(i).slot(), steps.get(owner).dtype(), owner));
      }
    }
    return tied;
  }

  /** Slots of one owner, where there are two or more. */
  static List<TieGroup> groups(int[] owners) {
    Map<Integer, List<Integer>> members = new LinkedHashMap<>();
    for (int i = 0; i < owners.length; i++) {
      if (owners[i] != i) {
        members.computeIfAbsent(find(owners, i), owner -> new ArrayList<>()).add(i);
      }
    }
    List<TieGroup> groups = new ArrayList<>(members.size());
    for (Map.Entry<Integer, List<Integer>> group : members.entrySet()) {
      List<Integer> others = group.getValue();
      others.add(group.getKey());
      others.sort(null);
      groups.add(new TieGroup(group.getKey(), others));
    }
    groups.sort((a, b) -> Integer.compare(a.members().get(0), b.members().get(0)));
    return groups;
  }
}
