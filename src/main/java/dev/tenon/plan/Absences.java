package dev.tenon.plan;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.tie.Owners;
import dev.tenon.plan.tie.TieDecisions;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.names.Patterns;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Slots that no file holds. */
final class Absences {
  private Absences() {}

  /**
   * Names to report as missing, sorted. A slot tied to a mismatched one is not: what it lacks is
   * reported under that one's name, as in the reference.
   */
  static List<String> missing(Skeleton skeleton, TieDecisions ties, List<Mismatch> mismatched) {
    Set<String> reported = new HashSet<>();
    for (Mismatch mismatch : mismatched) {
      reported.add(mismatch.name());
    }
    Set<Integer> mismatchedOwners = new HashSet<>();
    for (int i = 0; i < skeleton.slots().size(); i++) {
      if (reported.contains(skeleton.slots().get(i).name())) {
        mismatchedOwners.add(Owners.find(ties.owners(), i));
      }
    }
    List<String> missing = new ArrayList<>();
    for (int i = 0; i < skeleton.slots().size(); i++) {
      Slot slot = skeleton.slots().get(i);
      if (slot.persistent()
          && !ties.held(i)
          && !mismatchedOwners.contains(Owners.find(ties.owners(), i))
          && !Patterns.anyFound(skeleton.patterns().ignoreMissing(), slot.name())) {
        missing.add(slot.name());
      }
    }
    missing.sort(null);
    return missing;
  }

  /** Refuses a checkpoint of which nothing matches: it is another model's, or called otherwise. */
  static void requireAny(
      Checkpoint checkpoint,
      Skeleton skeleton,
      @Nullable Claim[] claims,
      @Nullable PrefixHint hint) {
    for (Claim claim : claims) {
      if (claim != null) {
        return;
      }
    }
    List<TensorEntry> entries = checkpoint.entries();
    throw new TenonException(
        "Nothing in the checkpoint matches the model: file=%s, class=%s, tensors=%d%s%s"
            .formatted(
                checkpoint.directory(),
                skeleton.className(),
                entries.size(),
                entries.isEmpty() ? "" : ", first=" + entries.get(0).name(),
                hint == null ? "" : ". " + hint.remedy()));
  }
}
