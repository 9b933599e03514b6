package dev.tenon.plan.keep;

import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.tie.TieCandidate;
import dev.tenon.skeleton.Tie;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Ties of packed weights: each holds for all tensors of a set, or for none. */
final class KeptTies {
  private final LoadPlan plan;
  private final @Nullable KeptSet[] sets;
  private final int[] at;
  private final Map<String, Integer> index;

  /**
   * Ties of a plan that unpacks.
   *
   * @param sets what stands in the place of each of its slots, or null
   * @param at where its slots are now
   */
  KeptTies(LoadPlan plan, @Nullable KeptSet[] sets, int[] at) {
    this.plan = plan;
    this.sets = sets;
    this.at = at;
    this.index = plan.skeleton().index();
  }

  /** The ties that are declared now: those of plain slots, and for each tensor of packed ones. */
  List<Tie> declared() {
    List<Tie> ties = new ArrayList<>();
    for (Tie tie : plan.skeleton().ties()) {
      ties.addAll(each(tie));
    }
    return ties;
  }

  /**
   * What only bytes can decide.
   *
   * @param parted takes ties of weights that are packed in different ways, or one of them not
   * @param warnings takes a sentence for each
   */
  List<TieCandidate> candidates(List<Tie> parted, List<String> warnings) {
    List<TieCandidate> candidates = new ArrayList<>();
    for (TieCandidate candidate : plan.candidates()) {
      KeptSet target = sets[candidate.target()];
      KeptSet owner = sets[candidate.owner()];
      int one = at[candidate.target()];
      int other = at[candidate.owner()];
      List<Tie> declared = each(candidate.declared());
      if (target == null && owner == null) {
        candidates.add(new TieCandidate(one, other, candidate.declared()));
      } else if (target != null
          && owner != null
          && target.matches(owner)
          && declared.size() == target.names().size()) {
        for (int k = 0; k < declared.size(); k++) {
          candidates.add(new TieCandidate(one + k, other + k, declared.get(k)));
        }
      } else {
        parted.add(candidate.declared());
        warnings.add(
            "Declared ties are not tied, the checkpoint holds them packed in different ways: target=%s, source=%s"
                .formatted(name(candidate.target()), name(candidate.owner())));
      }
    }
    return candidates;
  }

  /** One tie for each tensor; none where the two sides are of different kinds. */
  private List<Tie> each(Tie tie) {
    KeptSet target = sets[Objects.requireNonNull(index.get(tie.target()))];
    KeptSet source = sets[Objects.requireNonNull(index.get(tie.source()))];
    if (target == null && source == null) {
      return List.of(tie);
    } else if (target == null || source == null || !target.matches(source)) {
      return List.of();
    }
    List<Tie> ties = new ArrayList<>();
    for (int k = 0; k < target.names().size(); k++) {
      ties.add(new Tie(target.names().get(k), source.names().get(k)));
    }
    return ties;
  }

  private String name(int slot) {
    return plan.steps().get(slot).slot().name();
  }
}
