package dev.tenon.plan;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Stored;
import dev.tenon.plan.box.Piece;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.List;

/**
 * Refuses what cannot be done with floats of 4 and 6 bits. libtorch has none of 6; of 4 it has
 * pairs in a byte, and no operation but to copy these: they load as the file has them or not at
 * all.
 */
final class PackedFloats {
  private PackedFloats() {}

  /**
   * Looks at every step.
   *
   * @throws TenonException that names the first tensor of which a load would make something else
   */
  static void refuse(List<Step> steps) {
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (step instanceof Step.Read read) {
        look(read.entry(), step);
        if (step.dtype().isPacked()) {
          requirePairs(read.entry());
        }
      } else if (step instanceof Step.Assemble assemble) {
        for (Piece piece : assemble.pieces()) {
          look(piece.entry(), step);
        }
        if (step.dtype().isPacked()) {
          throw new TenonException(
              "Packed floats cannot be put together from parts: tensor=%s, dtype=%s, first=%s, file=%s"
                  .formatted(
                      step.slot().name(),
                      step.dtype(),
                      assemble.pieces().get(0).entry().name(),
                      assemble.pieces().get(0).entry().file()));
        }
      } else if (step instanceof Step.Initialize && step.dtype().isPacked()) {
        throw new TenonException(
            "No file holds a tensor of packed floats, and there is no way to initialise one:"
                + " tensor=%s, dtype=%s".formatted(step.slot().name(), step.dtype()));
      }
    }
  }

  private static void look(Stored entry, Step step) {
    DType stored = entry.dtype();
    DType wanted = step.dtype();
    if (!stored.isPacked() && !wanted.isPacked()) {
      return;
    }
    if (stored != wanted) {
      throw refusal(entry, wanted);
    } else if (stored != DType.F4) {
      throw new TenonException(
          "libtorch has no tensors of this dtype: file=%s, tensor=%s, dtype=%s"
              .formatted(entry.file(), entry.name(), stored));
    }
  }

  /** The error for a conversion that there is none of. */
  static TenonException refusal(Stored entry, DType wanted) {
    return new TenonException(
        "Packed floats are loaded as they are or not at all, and there is no conversion: file=%s,"
                .formatted(entry.file())
            + " tensor=%s, expected=%s, actual=%s".formatted(entry.name(), wanted, entry.dtype()));
  }

  private static void requirePairs(Stored entry) {
    Shape shape = entry.shape();
    if (shape.rank() == 0 || shape.dim(-1) % 2 != 0) {
      throw new TenonException(
          "libtorch has two of these floats to a byte along the last dimension, which is odd:"
              + " file=%s, tensor=%s, dtype=%s, shape=%s"
                  .formatted(entry.file(), entry.name(), entry.dtype(), shape));
    }
  }
}
