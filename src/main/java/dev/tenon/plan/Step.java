package dev.tenon.plan;

import dev.tenon.checkpoint.Stored;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.box.Piece;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens to one slot. Sealed: the engine handles every kind, and there are no others. */
public sealed interface Step {
  /** The slot this step fills. */
  Slot slot();

  /** The dtype the slot has in the loaded model. */
  DType dtype();

  /** How many bytes the slot's elements take in the model; a tied slot shares its owner's. */
  default long bytes() {
    return dtype().bytes(slot().shape().elements());
  }

  /** Whether some of what the slot takes is packed. */
  default boolean unpacks() {
    return false;
  }

  /**
   * The slot takes the bytes of one entry, converted if dtypes differ.
   *
   * @param slot the slot
   * @param dtype its dtype in the model
   * @param entry where the bytes are; its shape is the slot's
   * @param own whether the slot needs memory of its own, since what it holds is changed afterwards
   */
  record Read(Slot slot, DType dtype, Stored entry, boolean own) implements Step {
    /** A slot that may be a view of the file. */
    public Read(Slot slot, DType dtype, Stored entry) {
      this(slot, dtype, entry, false);
    }

    /** Whether the bytes are final as they are in the file. */
    public boolean exact() {
      return plain() != null && entry.dtype() == dtype && entry.contiguous();
    }

    /** Whether the slot can be a view of the mapped file: final as it is, and aligned there. */
    public boolean viewable() {
      TensorEntry plain = plain();
      return plain != null && !own && exact() && plain.bytes() > 0 && plain.aligned();
    }

    @Override
    public boolean unpacks() {
      return plain() == null;
    }

    /** Where the bytes are, if they are the slot's elements and not packed; else null. */
    public @Nullable TensorEntry plain() {
      return entry instanceof TensorEntry plain ? plain : null;
    }
  }

  /**
   * The slot is put together from parts of entries: stacked experts, fused projections.
   *
   * @param slot the slot
   * @param dtype its dtype in the model
   * @param pieces what goes where; together they cover the slot once
   */
  record Assemble(Slot slot, DType dtype, List<Piece> pieces) implements Step {
    @Override
    public boolean unpacks() {
      for (int i = 0; i < pieces.size(); i++) {
        if (!(pieces.get(i).entry() instanceof TensorEntry)) {
          return true;
        }
      }
      return false;
    }
  }

  /**
   * The slot shares another slot's tensor and holds no memory of its own.
   *
   * @param slot the slot
   * @param dtype its dtype in the model
   * @param owner index of the slot whose tensor it is
   */
  record Tied(Slot slot, DType dtype, int owner) implements Step {}

  /**
   * No file holds the slot: its rules in the skeleton write it.
   *
   * @param slot the slot
   * @param dtype its dtype in the model
   */
  record Initialize(Slot slot, DType dtype) implements Step {}
}
