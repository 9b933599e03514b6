package dev.tenon.plan.tie;

import dev.tenon.lang.Lists;
import dev.tenon.plan.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who owns each slot's tensor, as a forest over slot indices: a slot that points at itself owns its
 * own.
 */
public final class Owners {
  private Owners() {}

  /** Every slot its own. */
  static int[] none(int slots) {
    int[] owners = new int[slots];
    for (int i = 0; i < slots; i++) {
      owners[i] = i;
    }
    return owners;
  }

  /** The owners the steps state. */
  public static int[] of(List<Step> steps) {
    int[] owners = new int[steps.size()];
    for (int i = 0; i < owners.length; i++) {
      owners[i] = steps.get(i) instanceof Step.Tied tied ? tied.owner() : i;
    }
    return owners;
  }

  /** The slot at the end of the pointers from {@code slot}. */
  public static int find(int[] owners, int slot) {
    int at = slot;
    while (owners[at] != at) {
      at = owners[at];
    }
    return at;
  }

  /** The steps with a {@link Step.Tied} for every slot that owns nothing. */
  public static List<Step> tied(List<Step> steps, int[] owners) {
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
  public static List<TieGroup> groups(int[] owners) {
    Map<Integer, List<Integer>> members = new HashMap<>();
    for (int i = 0; i < owners.length; i++) {
      if (owners[i] != i) {
        Lists.add(members, find(owners, i), i);
      }
    }
    Map<Integer, TieGroup> byFirst = new TreeMap<>();
    for (Map.Entry<Integer, List<Integer>> group : members.entrySet()) {
      List<Integer> others = group.getValue();
      others.add(group.getKey());
      others.sort(null);
      byFirst.put(others.get(0), new TieGroup(group.getKey(), others));
    }
    return new ArrayList<>(byFirst.values());
  }
}
