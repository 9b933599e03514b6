package dev.tenon.plan.place;

import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Step;
import dev.tenon.plan.tie.Owners;
import dev.tenon.skeleton.Slot;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What of a model must not be on two devices: a numbered layer of a list, the outermost one, since
 * it adds its input to its output; else a module's own slots. Slots that share a tensor, or may,
 * bring all they are with together.
 */
final class PlacementUnits {
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  /**
   * Slots that go together.
   *
   * @param slots their indices
   * @param bytes what they take, shared tensors once
   */
  record Unit(BitSet slots, long bytes) {}

  private PlacementUnits() {}

  /** All units, by their first slot. */
  static List<Unit> of(LoadPlan plan) {
    List<Step> steps = plan.steps();
    int[] leaders = new int[steps.size()];
    Map<String, Integer> first = new HashMap<>();
    for (int i = 0; i < leaders.length; i++) {
      leaders[i] = first.computeIfAbsent(module(steps.get(i).slot()), absent -> -1);
      if (leaders[i] < 0) {
        leaders[i] = i;
        first.put(module(steps.get(i).slot()), i);
      }
    }
    for (int i = 0; i < leaders.length; i++) {
      if (steps.get(i) instanceof Step.Tied tied) {
        join(leaders, i, tied.owner());
      }
    }
    plan.candidates().forEach(tie -> join(leaders, tie.target(), tie.owner()));
    Map<Integer, BitSet> units = new LinkedHashMap<>();
    for (int i = 0; i < leaders.length; i++) {
      units.computeIfAbsent(Owners.find(leaders, i), leader -> new BitSet()).set(i);
    }
    List<Unit> all = new ArrayList<>(units.size());
    units.values().forEach(slots -> all.add(unit(slots, steps)));
    return all;
  }

  /** The earlier of two units leads both. */
  private static void join(int[] leaders, int one, int other) {
    int a = Owners.find(leaders, one);
    int b = Owners.find(leaders, other);
    leaders[Math.max(a, b)] = Math.min(a, b);
  }

  private static Unit unit(BitSet slots, List<Step> steps) {
    long bytes = 0;
    for (int slot = slots.nextSetBit(0); slot >= 0; slot = slots.nextSetBit(slot + 1)) {
      Step step = steps.get(slot);
      if (!(step instanceof Step.Tied)) {
        bytes += step.bytes();
      }
    }
    return new Unit(slots, bytes);
  }

  /** The outermost numbered module a slot is in, else the module it belongs to. */
  private static String module(Slot slot) {
    String name = slot.name();
    int start = 0;
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', start)) {
      if (NUMBER.matcher(name.substring(start, dot)).matches()) {
        return name.substring(0, dot);
      }
      start = dot + 1;
    }
    return name.substring(0, Math.max(0, start - 1));
  }
}
