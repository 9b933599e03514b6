package dev.tenon.plan;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Stored;
import dev.tenon.plan.box.Piece;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Refuses integers and floats of 8 bits or fewer for slots of floating-point numbers. Such numbers
 * are weights only together with a scale, and one that is known would have been recognised.
 */
final class RawNumbers {
  private @Nullable Stored first;
  private @Nullable DType expected;
  private int tensors;

  /** Looks at what stands for a slot that shall have this dtype. */
  void look(Stored entry, DType dtype) {
    if (dtype.isFloatingPoint() && entry.dtype() != dtype && isRaw(entry.dtype())) {
      tensors++;
      if (first == null) {
        first = entry;
        expected = dtype;
      }
    }
  }

  /** Refuses any claim of such numbers on a slot, whether or not the shapes fit. */
  static void refuse(List<Slot> slots, @Nullable Claim[] claims, SlotDTypes dtypes) {
    RawNumbers raw = new RawNumbers();
    for (int i = 0; i < claims.length; i++) {
      Claim claim = claims[i];
      if (claim instanceof Claim.Whole whole) {
        if (isRaw(whole.entry().dtype())) {
          raw.look(whole.entry(), dtypes.of(slots.get(i)));
        }
      } else if (claim instanceof Claim.Converted converted) {
        raw.look(converted.pieces(), slots.get(i), dtypes);
      }
    }
    raw.refuse();
  }

  private void look(List<Piece> pieces, Slot slot, SlotDTypes dtypes) {
    Stored last = null;
    for (Piece piece : pieces) {
      if (piece.entry() != last && isRaw(piece.entry().dtype())) {
        look(piece.entry(), dtypes.of(slot));
      }
      last = piece.entry();
    }
  }

  /**
   * Refuses the load if there were any.
   *
   * @throws TenonException that names the first and their number
   */
  void refuse() {
    if (first != null) {
      throw new TenonException(
          "Integers or floats of few bits stand for floating-point weights, and no scale is known that"
              + " would make weights of them, as in a checkpoint that is quantised in an unknown way:"
              + " file=%s, tensor=%s, expected=%s, actual=%s, tensors=%d%s"
                  .formatted(
                      first.file(),
                      first.name(),
                      expected,
                      first.dtype(),
                      tensors,
                      PackedWeights.REMEDY));
    }
  }

  private static boolean isRaw(DType dtype) {
    return switch (dtype) {
      case F16, BF16, F32, F64, C64, BOOL -> false;
      default -> true;
    };
  }
}
