package dev.tenon.plan;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.names.SlotNames;
import dev.tenon.quantised.Packed;
import dev.tenon.quantised.Quantisation;
import dev.tenon.quantised.Recognition;
import dev.tenon.quantised.Summary;
import dev.tenon.quantised.Unpacking;
import dev.tenon.quantised.formula.Unpacked;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sees to packed weights before names are matched: those of known schemes are unpacked, the others
 * refused, so that no slot is drawn in their place or filled with their numbers as they are. No
 * option overrides it.
 */
final class PackedWeights {
  /** What can be done, whatever the scheme. */
  static final String REMEDY =
      ". Load the weights it was made from, or have the program that packed it unpack and save it.";

  private PackedWeights() {}

  /**
   * The packed weights of a checkpoint as weights, of a model that nobody has described.
   *
   * @throws TenonException if some are of a scheme that is not unpacked; it says how many
   */
  static Unpacking of(Checkpoint checkpoint, Quantisation said) {
    return unpacking(checkpoint, said, Recognition.of(checkpoint, said));
  }

  /**
   * The packed weights of a checkpoint as weights, save what the model itself has in that name and
   * dtype: a slot of integers is filled with integers, whatever stands beside it.
   *
   * @throws TenonException if some are of a scheme that is not unpacked; it says how many
   */
  static Unpacking of(
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
    return unpacking(checkpoint, said, packed);
  }

  /** A slot that merely follows a load in 8-bit floats is not one of 8-bit floats. */
  private static boolean isKept(Slot slot, TensorEntry entry, SlotDTypes dtypes) {
    return slot.dtype() == entry.dtype() && dtypes.of(slot) == entry.dtype();
  }

  private static Unpacking unpacking(
      Checkpoint checkpoint, Quantisation said, List<Packed> packed) {
    Unpacking unpacking = Unpacking.of(checkpoint, packed, said);
    if (!unpacking.refused().isEmpty()) {
      throw new TenonException(
          "The checkpoint is quantised, and Tenon does not unpack this scheme: file="
              + checkpoint.directory()
              + ", "
              + Summary.of(unpacking.refused(), said)
              + REMEDY);
    }
    return unpacking;
  }

  /** Refuses slots of types that nothing is unpacked to. */
  static void requireTypes(List<Step> steps) {
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (step.unpacks() && (!step.dtype().isFloatingPoint() || step.dtype().bits() < 16)) {
        throw new TenonException(
            "Packed weights are unpacked to float32, bfloat16, float16 or float64: tensor=%s, dtype=%s"
                .formatted(step.slot().name(), step.dtype()));
      }
    }
  }

  /** How much larger the model is than its files, for whoever has counted on these. */
  static List<String> unpacked(Unpacking unpacking, DType dtype) {
    long stored = 0;
    long bytes = 0;
    Map<String, Integer> packings = new TreeMap<>();
    for (Unpacked weight : unpacking.unpacked()) {
      stored += weight.packedBytes();
      bytes += dtype.bytes(weight.shape().elements());
      packings.merge(weight.packing(), 1, Integer::sum);
    }
    return packings.isEmpty()
        ? List.of()
        : List.of(
            "Packed weights are unpacked as they are loaded: weights=%d, packing=%s, bytes in the files=%d, in the model=%d. A save writes them plain, and takes off what the config says of packing."
                .formatted(
                    unpacking.unpacked().size(),
                    String.join(" | ", packings.keySet()),
                    stored,
                    bytes));
  }

  /** What to say where a config promises packed weights and the files hold plain ones. */
  static List<String> promised(Checkpoint checkpoint, Quantisation said, Unpacking unpacking) {
    return said.declared() && unpacking.unpacked().isEmpty()
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
