package dev.tenon.quantised;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.checkpoint.gguf.GgufHeader;
import dev.tenon.checkpoint.gguf.GgufTensor;
import dev.tenon.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds what is packed in a checkpoint by the tensors that stand beside each other. */
public final class Recognition {
  private Recognition() {}

  /**
   * The packed weights of a checkpoint, in the order of its entries; none if it is plain.
   *
   * @param said what the config says of them
   */
  public static List<Packed> of(Checkpoint checkpoint, Quantisation said) {
    List<Packed> found = new ArrayList<>();
    if (!checkpoint.gguf().isEmpty()) {
      return blocks(checkpoint);
    }
    for (TensorEntry entry : checkpoint.entries()) {
      if (mayBePacked(entry)) {
        Packed packed = first(entry, checkpoint, said);
        if (packed != null) {
          found.add(packed);
        }
      }
    }
    return found;
  }

  /** A GGUF file says of each tensor what it is. */
  private static List<Packed> blocks(Checkpoint checkpoint) {
    List<Packed> found = new ArrayList<>();
    for (GgufHeader header : checkpoint.gguf()) {
      for (GgufTensor tensor : header.tensors().values()) {
        if (tensor.type().dtype() == null) {
          Packing packing = Packing.of("gguf " + tensor.type().name().toLowerCase(Locale.ROOT));
          found.add(new Packed(tensor.name(), packing, List.of(tensor.entry()), Unpacker.NONE));
        }
      }
    }
    return found;
  }

  /**
   * Whether elements of this type are numbers that may stand for others: bytes and words, of
   * integers or of what is smaller than a half-precision float. Indices have 64 bits.
   */
  public static boolean isSmall(DType dtype) {
    return dtype.bits() <= 32
        && dtype != DType.F32
        && dtype != DType.F16
        && dtype != DType.BF16
        && dtype != DType.BOOL;
  }

  /** One scheme may store its numbers as floats of any size. */
  private static boolean mayBePacked(TensorEntry entry) {
    return isSmall(entry.dtype()) || entry.name().endsWith(".W_q");
  }

  private static @Nullable Packed first(
      TensorEntry entry, Checkpoint checkpoint, Quantisation said) {
    for (Scheme scheme : Schemes.ALL) {
      Packed packed = scheme.of(entry, checkpoint, said);
      if (packed != null) {
        return packed;
      }
    }
    return null;
  }
}
