package dev.tenon.plan.tie;

import dev.tenon.skeleton.Tie;
import java.util.List;

/**
 * Which slots share a tensor, as far as headers tell. Immutable.
 *
 * @param groups groups of slots that share one tensor, by their first member
 * @param candidates declared ties whose two sides the files both hold: bytes decide them
 * @param parted declared ties found not to hold, the values on their two sides differ: nothing may
 *     join these again, and the other ties are sound without them
 */
public record PlannedTies(List<TieGroup> groups, List<TieCandidate> candidates, List<Tie> parted) {
  /** Nothing is tied. */
  public static final PlannedTies NONE = new PlannedTies(List.of(), List.of(), List.of());

  /** Copies the lists. */
  public PlannedTies {
    groups = List.copyOf(groups);
    candidates = List.copyOf(candidates);
    parted = List.copyOf(parted);
  }
}
