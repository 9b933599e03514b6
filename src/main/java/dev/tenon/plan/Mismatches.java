package dev.tenon.plan;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.quantised.Quantisation;
import dev.tenon.quantised.Summary;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Claims whose shape is not their slot's. */
final class Mismatches {
  private static final int MOST_SHOWN = 5;

  /** One slot in so many may be a head for other labels; more are another model's, or broken. */
  private static final int FEW = 4;

  private static final Shape EMPTY = Shape.of(0);

  private Mismatches() {}

  /** Takes the claims that do not fit out of {@code claims} and returns them, by name. */
  static List<Mismatch> takeOut(List<Slot> slots, @Nullable Claim[] claims) {
    List<Mismatch> mismatched = new ArrayList<>();
    for (int i = 0; i < claims.length; i++) {
      Claim claim = claims[i];
      Slot slot = slots.get(i);
      if (claim != null && !claim.shape().equals(slot.shape())) {
        mismatched.add(new Mismatch(slot.name(), claim.shape(), slot.shape()));
        claims[i] = null;
      }
    }
    mismatched.sort((one, other) -> one.name().compareTo(other.name()));
    return mismatched;
  }

  /** One error with their number, the first few, and the cause or the remedy if there is one. */
  static TenonException error(
      Checkpoint checkpoint, Skeleton skeleton, Quantisation said, List<Mismatch> mismatched) {
    StringBuilder message =
        new StringBuilder("Shapes in the checkpoint are not the model's: file=")
            .append(checkpoint.directory())
            .append(", tensors=")
            .append(mismatched.size());
    for (Mismatch mismatch : mismatched.subList(0, Math.min(MOST_SHOWN, mismatched.size()))) {
      message
          .append(", tensor=")
          .append(mismatch.name())
          .append(" expected=")
          .append(mismatch.model())
          .append(" actual=")
          .append(mismatch.checkpoint());
    }
    if (mismatched.size() > MOST_SHOWN) {
      message.append(" and ").append(mismatched.size() - MOST_SHOWN).append(" more");
    }
    message.append(Summary.method(", quant_method=", said));
    String cause = cause(mismatched);
    if (cause != null) {
      message.append(". ").append(cause);
    } else if (mismatched.size() * FEW < skeleton.slots().size()) {
      message.append(". Allow mismatched shapes to initialise these anew.");
    }
    return new TenonException(message.toString());
  }

  /** Whether a file has the name and no element, whatever the model needs. */
  static boolean isEmpty(Mismatch mismatch) {
    return mismatch.checkpoint().equals(EMPTY);
  }

  /** A sentence on where the shapes come from, or null if they do not tell. */
  static @Nullable String cause(List<Mismatch> mismatched) {
    int empty = 0;
    for (Mismatch mismatch : mismatched) {
      empty += isEmpty(mismatch) ? 1 : 0;
    }
    return empty == 0
        ? null
        : empty
            + " are empty, as DeepSpeed's ZeRO stage 3 leaves them where a model is saved without"
            + " gathering its partitions: save it again, gathered.";
  }
}
