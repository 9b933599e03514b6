package dev.tenon.plan;

import dev.tenon.plan.names.Dialect;
import dev.tenon.plan.tie.CandidateResolution;
import dev.tenon.plan.tie.Owners;
import dev.tenon.plan.tie.TieCandidate;
import dev.tenon.plan.tie.TieGroup;
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
 * @param ties groups of slots that share one tensor, by their first member
 * @param candidates declared ties whose two sides the files both hold; {@link #resolve} decides
 *     them
 * @param parted declared ties found not to hold, the values on their two sides differ: nothing may
 *     join these again, and the other ties are sound without them
 * @param missing names no file holds and no tie fills, as reported: sorted, without mismatched ones
 *     and without those the family says not to report
 * @param unexpected keys of the files that no slot takes, as they are called after renaming, sorted
 * @param mismatched slots whose stored shape differs, sorted by name; they count as absent
 * @param warnings what a user should know, a sentence each
 * @param changes what adapters add to slots once their bytes are there, in order
 */
public record LoadPlan(
    Skeleton skeleton,
    DType dtype,
    Dialect dialect,
    List<Step> steps,
    List<TieGroup> ties,
    List<TieCandidate> candidates,
    List<Tie> parted,
    List<String> missing,
    List<String> unexpected,
    List<Mismatch> mismatched,
    List<String> warnings,
    List<LowRank> changes) {

  /** Copies the lists; what is changed has memory of its own. */
  public LoadPlan {
    changes = LowRank.ofOwners(changes, steps);
    steps = List.copyOf(changes.isEmpty() ? steps : LowRank.owning(steps, changes));
    changes = List.copyOf(changes);
    ties = List.copyOf(ties);
    candidates = List.copyOf(candidates);
    parted = List.copyOf(parted);
    missing = List.copyOf(missing);
    unexpected = List.copyOf(unexpected);
    mismatched = List.copyOf(mismatched);
    warnings = List.copyOf(warnings);
  }

  /** A plan without adapters. */
  public LoadPlan(
      Skeleton skeleton,
      DType dtype,
      Dialect dialect,
      List<Step> steps,
      List<TieGroup> ties,
      List<TieCandidate> candidates,
      List<Tie> parted,
      List<String> missing,
      List<String> unexpected,
      List<Mismatch> mismatched,
      List<String> warnings) {
    this(
        skeleton,
        dtype,
        dialect,
        steps,
        ties,
        candidates,
        parted,
        missing,
        unexpected,
        mismatched,
        warnings,
        List.of());
  }

  /**
   * This plan with every candidate decided: those with equal tensors are tied, the others are
   * parted, with a warning that names both. Without candidates, this plan itself.
   *
   * @param equal whether both sides, each in its slot's dtype, hold the same values; asked once for
   *     each candidate, in order
   */
  public LoadPlan resolve(Predicate<TieCandidate> equal) {
    return candidates.isEmpty() ? this : CandidateResolution.resolve(this, equal);
  }

  /** This plan with something more to warn of, before all else. */
  public LoadPlan warningFirst(List<String> more) {
    List<String> all = new ArrayList<>(more);
    all.addAll(warnings);
    return more.isEmpty() ? this : warning(all);
  }

  /** This plan with other warnings. */
  public LoadPlan warning(List<String> said) {
    return with(steps, candidates, parted, missing, mismatched, said, changes);
  }

  /**
   * This plan with other steps, whose ties say which slots share a tensor, and changes of slots.
   */
  public LoadPlan with(
      List<Step> others,
      List<TieCandidate> undecided,
      List<Tie> apart,
      List<String> absent,
      List<Mismatch> misfits,
      List<String> said,
      List<LowRank> changed) {
    return new LoadPlan(
        skeleton,
        dtype,
        dialect,
        others,
        Owners.groups(Owners.of(others)),
        undecided,
        apart,
        absent,
        unexpected,
        misfits,
        said,
        changed);
  }

  /** How many bytes the model's tensors take, by where they come from. */
  public PlanBytes bytes() {
    return PlanBytes.of(steps);
  }
}
