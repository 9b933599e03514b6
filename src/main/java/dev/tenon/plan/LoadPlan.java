package dev.tenon.plan;

import dev.tenon.skeleton.Skeleton;
import dev.tenon.tensor.DType;
import java.util.List;

/**
 * Everything a load will do, decided before a byte is read: a value that can be printed, compared
 * and tested. Immutable.
 *
 * @param skeleton the model
 * @param dtype the dtype of floating-point slots
 * @param steps one for each slot of the skeleton, in its order
 * @param ties groups of slots that share one tensor
 * @param candidates declared ties whose two sides the files both hold
 * @param missing names no file holds and no tie fills, as reported
 * @param unexpected keys of the files that no slot takes
 * @param mismatched slots whose stored shape differs; they are initialised
 * @param warnings what a user should know, a sentence each
 */
public record LoadPlan(
    Skeleton skeleton,
    DType dtype,
    List<Step> steps,
    List<TieGroup> ties,
    List<TieCandidate> candidates,
    List<String> missing,
    List<String> unexpected,
    List<Mismatch> mismatched,
    List<String> warnings) {

  /** Copies the lists. */
  public LoadPlan {
    steps = List.copyOf(steps);
    ties = List.copyOf(ties);
    candidates = List.copyOf(candidates);
    missing = List.copyOf(missing);
    unexpected = List.copyOf(unexpected);
    mismatched = List.copyOf(mismatched);
    warnings = List.copyOf(warnings);
  }
}
