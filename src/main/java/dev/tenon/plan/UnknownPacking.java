package dev.tenon.plan;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.Stored;
import dev.tenon.plan.tie.TieDecisions;
import dev.tenon.quantised.Quantisation;
import dev.tenon.quantised.Recognition;
import dev.tenon.quantised.Summary;
import dev.tenon.skeleton.Slot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells a weight that is packed in a way nobody has described: it is missing, and in the place of
 * its name stand small integers, under the name of its module or its own with something after it.
 * Where the config says that weights are quantised, whatever stands there will do.
 */
final class UnknownPacking {
  /** How many words of a tensor's name may tell what it is to its weight. */
  private static final int WORDS = 4;

  private UnknownPacking() {}

  /**
   * Refuses a checkpoint with such weights.
   *
   * @throws TenonException that names the first and their number
   */
  static void refuse(
      Checkpoint checkpoint,
      Quantisation said,
      List<Slot> slots,
      Matching matching,
      TieDecisions ties) {
    Set<Integer> packed = new HashSet<>();
    Slot first = null;
    String found = "";
    for (int i = 0; i < matching.strays().size(); i++) {
      Stored stray = matching.strays().get(i);
      if (said.declared() || Recognition.isSmall(stray.dtype())) {
        int slot = weight(matching.left().get(i), slots, matching, ties);
        if (slot >= 0 && packed.add(slot) && first == null) {
          first = slots.get(slot);
          found = stray.name();
        }
      }
    }
    if (first != null) {
      throw new TenonException(
          "The checkpoint is quantised in a way that Tenon does not know: file=%s, tensor=%s, found=%s, tensors=%d%s%s"
              .formatted(
                  checkpoint.directory(),
                  first.name(),
                  found,
                  packed.size(),
                  Summary.method(", quant_method=", said),
                  PackedWeights.REMEDY));
    }
  }

  /** The missing matrix a tensor is a part of, by its name, or -1. */
  private static int weight(String name, List<Slot> slots, Matching matching, TieDecisions ties) {
    for (String stem : stems(name)) {
      int slot = matching.slotOf(stem);
      slot = slot >= 0 ? slot : matching.slotOf(stem.concat(".weight"));
      if (slot >= 0) {
        return isMissingMatrix(slot, slots.get(slot), matching.claims(), ties) ? slot : -1;
      }
    }
    return -1;
  }

  /** A name without its last word, its last two, and so on; never as short as the first segment. */
  private static List<String> stems(String name) {
    List<String> stems = new ArrayList<>(WORDS);
    int end = name.length();
    while (stems.size() < WORDS && end > 0) {
      end = Math.max(name.lastIndexOf('.', end - 1), name.lastIndexOf('_', end - 1));
      if (end > 0) {
        stems.add(name.substring(0, end));
      }
    }
    return stems;
  }

  private static boolean isMissingMatrix(
      int index, Slot slot, @Nullable Claim[] claims, TieDecisions ties) {
    return claims[index] == null
        && !ties.held(index)
        && slot.isParameter()
        && slot.shape().rank() >= 2;
  }
}
