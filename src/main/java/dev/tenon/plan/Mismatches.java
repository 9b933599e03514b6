package dev.tenon.plan;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.skeleton.Slot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Claims whose shape is not their slot's. */
final class Mismatches {
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

  /** One error that lists them all. */
  static TenonException error(Checkpoint checkpoint, List<Mismatch> mismatched) {
    StringBuilder message =
        new StringBuilder("Shapes in the checkpoint are not the model's: file=");
    message.append(checkpoint.directory());
    for (Mismatch mismatch : mismatched) {
      message
          .append(", tensor=")
          .append(mismatch.name())
          .append(" expected=")
          .append(mismatch.model())
          .append(" actual=")
          .append(mismatch.checkpoint());
    }
    return new TenonException(
        message.append(". Allow mismatched shapes to initialise these anew.").toString());
  }
}
