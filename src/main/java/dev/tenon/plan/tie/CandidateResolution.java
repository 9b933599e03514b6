package dev.tenon.plan.tie;

import dev.tenon.plan.LoadPlan;
import dev.tenon.quantised.PackedWeight;
import dev.tenon.skeleton.Tie;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Turns a plan whose ties wait for bytes into one where all are decided. */
public final class CandidateResolution {
  private CandidateResolution() {}

  public static LoadPlan resolve(LoadPlan plan, Predicate<TieCandidate> equal) {
    int[] owners = Owners.of(plan.steps());
    List<Tie> parted = new ArrayList<>(plan.parted());
    List<String> warnings = new ArrayList<>(plan.warnings());
    List<TieCandidate> candidates = plan.candidates();
    Map<String, String> weights = weights(plan);
    boolean[] same = new boolean[candidates.size()];
    Set<String> apart = new HashSet<>();
    for (int i = 0; i < same.length; i++) {
      same[i] = equal.test(candidates.get(i));
      String weight = weights.get(name(plan, candidates.get(i).target()));
      if (!same[i] && weight != null) {
        apart.add(weight); // All its tensors are another's, or none.
      }
    }
    for (int i = 0; i < same.length; i++) {
      TieCandidate candidate = candidates.get(i);
      String weight = weights.get(name(plan, candidate.target()));
      if (same[i] && (weight == null || !apart.contains(weight))) {
        // A candidate's target owns its tensor until here, so this joins two trees at their roots.
        owners[candidate.target()] = Owners.find(owners, candidate.owner());
      } else {
        parted.add(candidate.declared());
        warnings.add(
            "Declared ties are not tied, the checkpoint holds different values: target=%s, source=%s"
                .formatted(name(plan, candidate.target()), name(plan, candidate.owner())));
      }
    }
    return plan.with(
        Owners.tied(plan.steps(), owners),
        new PlannedTies(Owners.groups(owners), List.of(), parted),
        plan.findings().warning(warnings),
        plan.changes());
  }

  /** The weight that each tensor of those that stay packed belongs to. */
  private static Map<String, String> weights(LoadPlan plan) {
    Map<String, String> weights = new HashMap<>();
    for (PackedWeight weight : plan.packed()) {
      for (String tensor : weight.tensors()) {
        weights.put(tensor, weight.name());
      }
    }
    return weights;
  }

  private static String name(LoadPlan plan, int slot) {
    return plan.steps().get(slot).slot().name();
  }
}
