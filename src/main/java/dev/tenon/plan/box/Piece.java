package dev.tenon.plan.box;

import dev.tenon.checkpoint.Stored;
import org.jspecify.annotations.Nullable;

/**
 * A part of an entry that becomes a part of a slot, both boxes of as many elements in the same
 * order.
 *
 * @param entry where the bytes are
 * @param source the box taken from the entry, after {@code transpose} is applied to it
 * @param target the box filled in the slot
 * @param transpose two dimensions of the entry exchanged first, or null
 */
public record Piece(Stored entry, Box source, Box target, @Nullable Transpose transpose) {

  /** Whether all of the entry goes somewhere as it is. */
  public boolean isWhole() {
    return transpose == null && source.size().equals(entry.shape());
  }

  /** Two dimensions exchanged. */
  public record Transpose(int first, int second) {}
}
