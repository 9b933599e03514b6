package dev.tenon.plan.tie;

import dev.tenon.plan.LoadPlan;
import dev.tenon.skeleton.Tie;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Turns a plan whose ties wait for bytes into one where all are decided. */
public final class CandidateResolution {
  private CandidateResolution() {}

  public static LoadPlan resolve(LoadPlan plan, Predicate<TieCandidate> equal) {
    int[] owners = Owners.of(plan.steps());
    List<Tie> parted = new ArrayList<>(plan.parted());
    List<String> warnings = new ArrayList<>(plan.warnings());
    for (TieCandidate candidate : plan.candidates()) {
      if (equal.test(candidate)) {
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

  private static String name(LoadPlan plan, int slot) {
    return plan.steps().get(slot).slot().name();
  }
}
