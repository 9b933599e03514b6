package dev.tenon.plan;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.names.SlotNames;
import dev.tenon.quantised.Packed;
import dev.tenon.quantised.Quantisation;
import dev.tenon.quantised.Recognition;
import dev.tenon.quantised.Summary;
import dev.tenon.skeleton.Slot;
import java.util.ArrayList;
import java.util.List;

/**
 * Refuses packed weights, before a slot could be drawn in their place or filled with their numbers
 * as they are. No option overrides it.
 */
final class PackedWeights {
  /** What can be done, whatever the scheme. */
  static final String REMEDY =
      ". Load the weights it was made from, or have the program that packed it unpack and save it.";

  private PackedWeights() {}

  /**
   * Refuses a checkpoint that holds any.
   *
   * @throws TenonException that says how many, and how they are packed
   */
  static void refuse(Checkpoint checkpoint, Quantisation said) {
    refuse(checkpoint, said, Recognition.of(checkpoint, said));
  }

  /**
   * Refuses a checkpoint that holds any, save what the model itself has in that name and dtype: a
   * slot of integers is filled with integers, whatever stands beside it.
   *
   * @throws TenonException that says how many, and how they are packed
   */
  static void refuse(
      Checkpoint checkpoint,
      Quantisation said,
      SlotNames names,
      List<Slot> slots,
      SlotDTypes dtypes) {
    List<Packed> packed = new ArrayList<>();
    for (Packed found : Recognition.of(checkpoint, said)) {
      TensorEntry mark = found.mark();
      int slot = names.locate(mark.name());
      if (slot < 0 || !isKept(slots.get(slot), mark, dtypes)) {
        packed.add(found);
      }
    }
    refuse(checkpoint, said, packed);
  }

  /** A slot that merely follows a load in 8-bit floats is not one of 8-bit floats. */
  private static boolean isKept(Slot slot, TensorEntry entry, SlotDTypes dtypes) {
    return slot.dtype() == entry.dtype() && dtypes.of(slot) == entry.dtype();
  }

  private static void refuse(Checkpoint checkpoint, Quantisation said, List<Packed> packed) {
    if (!packed.isEmpty()) {
      throw new TenonException(
          "The checkpoint is quantised, and Tenon does not unpack this scheme: file="
              + checkpoint.directory()
              + ", "
              + Summary.of(packed, said)
              + REMEDY);
    }
  }

  /** What to say where a config promises packed weights and the files hold plain ones. */
  static List<String> promised(Checkpoint checkpoint, Quantisation said) {
    return said.declared()
        ? List.of(
            "The config says the weights are quantised, but nothing is packed in a way that Tenon"
                + " knows, and they are loaded as they are: file="
                + checkpoint.directory()
                + ", field="
                + said.field()
                + Summary.method(", quant_method=", said))
        : List.of();
  }
}
