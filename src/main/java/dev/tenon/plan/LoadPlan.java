package dev.tenon.plan;

import dev.tenon.plan.names.Dialect;
import dev.tenon.plan.tie.CandidateResolution;
import dev.tenon.plan.tie.PlannedTies;
import dev.tenon.plan.tie.TieCandidate;
import dev.tenon.plan.tie.TieGroup;
import dev.tenon.quantised.PackedWeight;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Tie;
import dev.tenon.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Everything a load will do, decided before a byte is read: a value that can be printed, compared
 * and tested. Immutable.
 *
 * @param skeleton the model
 * @param dtype the dtype of floating-point slots
 * @param dialect how the files' names and layouts differ from the skeleton's; of a model made anew,
 *     how its family's checkpoints do
 * @param steps one for each slot of the skeleton, in its order
 * @param tying which slots share a tensor; {@link #resolve} decides what is open
 * @param findings how files and model fit
 * @param changes what adapters add to slots once their bytes are there, in order
 * @param packed weights that stay packed, whose tensors are slots of the skeleton in their place
 */
public record LoadPlan(
    Skeleton skeleton,
    DType dtype,
    Dialect dialect,
    List<Step> steps,
    PlannedTies tying,
    Findings findings,
    List<LowRank> changes,
    List<PackedWeight> packed) {

  /** Copies the lists; what is changed has memory of its own. */
  public LoadPlan {
    changes = LowRank.ofOwners(changes, steps);
    steps = List.copyOf(changes.isEmpty() ? steps : LowRank.owning(steps, changes));
    changes = List.copyOf(changes);
    packed = List.copyOf(packed);
  }

  /** A plan in which nothing stays packed. */
  public LoadPlan(
      Skeleton skeleton,
      DType dtype,
      Dialect dialect,
      List<Step> steps,
      PlannedTies tying,
      Findings findings,
      List<LowRank> changes) {
    this(skeleton, dtype, dialect, steps, tying, findings, changes, List.of());
  }

  /** Groups of slots that share one tensor, by their first member. */
  public List<TieGroup> ties() {
    return tying.groups();
  }

  /** Declared ties whose two sides the files both hold. */
  public List<TieCandidate> candidates() {
    return tying.candidates();
  }

  /** Declared ties found not to hold. */
  public List<Tie> parted() {
    return tying.parted();
  }

  /** Names no file holds and no tie fills, as reported. */
  public List<String> missing() {
    return findings.missing();
  }

  /** Keys of the files that no slot takes, as they are called after renaming, sorted. */
  public List<String> unexpected() {
    return findings.unexpected();
  }

  /** Slots whose stored shape differs, sorted by name; they count as absent. */
  public List<Mismatch> mismatched() {
    return findings.mismatched();
  }

  /** What a user should know, a sentence each. */
  public List<String> warnings() {
    return findings.warnings();
  }

  /**
   * This plan with every candidate decided: those with equal tensors are tied, the others are
   * parted, with a warning that names both. Without candidates, this plan itself.
   *
   * @param equal whether both sides, each in its slot's dtype, hold the same values; asked once for
   *     each candidate, in order
   */
  public LoadPlan resolve(Predicate<TieCandidate> equal) {
    return candidates().isEmpty() ? this : CandidateResolution.resolve(this, equal);
  }

  /** This plan with something more to warn of, before all else. */
  public LoadPlan warningFirst(List<String> more) {
    List<String> all = new ArrayList<>(more);
    all.addAll(warnings());
    return more.isEmpty() ? this : warning(all);
  }

  /** This plan with other warnings. */
  public LoadPlan warning(List<String> said) {
    return with(steps, tying, findings.warning(said), changes);
  }

  /** This plan with other steps and what follows from them. */
  public LoadPlan with(List<Step> others, PlannedTies tied, Findings found, List<LowRank> changed) {
    return new LoadPlan(skeleton, dtype, dialect, others, tied, found, changed, packed);
  }

  /** How many bytes the model's tensors take, by where they come from. */
  public PlanBytes bytes() {
    return PlanBytes.of(steps);
  }
}
