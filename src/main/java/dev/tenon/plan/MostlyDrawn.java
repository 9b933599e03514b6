package dev.tenon.plan;

import dev.tenon.plan.tie.TieDecisions;
import dev.tenon.skeleton.Slot;
import java.util.List;

/**
 * Tells a load that is likely not what its user wants: most weights are drawn, and about as many
 * tensors of the files are left over.
 */
final class MostlyDrawn {
  private MostlyDrawn() {}

  /** The warning, or none. */
  static List<String> warnings(
      List<Slot> slots, TieDecisions ties, List<String> missing, List<String> unexpected) {
    if (missing.isEmpty() || missing.size() >= 2L * unexpected.size()) {
      return List.of();
    }
    long weights = 0;
    long drawn = 0;
    long elements = 0;
    long drawnElements = 0;
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      if (slot.isParameter()) {
        weights++;
        elements += slot.shape().elements();
        if (!ties.held(i)) {
          drawn++;
          drawnElements += slot.shape().elements();
        }
      }
    }
    return 2 * drawn > weights || 2 * drawnElements > elements
        ? List.of(
            "Most of the model is drawn at random, while about as many tensors of the files are not"
                + " used: these may be its weights under other names or in a form that is not known:"
                + " drawn=%d, of=%d, unexpected=%d, missing=%s, instead of=%s"
                    .formatted(
                        drawn, weights, unexpected.size(), missing.get(0), unexpected.get(0)))
        : List.of();
  }
}
