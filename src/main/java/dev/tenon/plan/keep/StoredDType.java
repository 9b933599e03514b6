package dev.tenon.plan.keep;

import dev.tenon.plan.Step;
import dev.tenon.plan.box.Piece;
import dev.tenon.tensor.DType;
import org.jspecify.annotations.Nullable;

/** Slots of plain floating-point numbers in the dtype that the files have them in. */
final class StoredDType {
  private StoredDType() {}

  /** The step in that dtype, or as it was if it is no such slot or files have several. */
  static Step of(Step step) {
    DType stored = stored(step);
    if (stored == null || !stored.isFloatingPoint() || !step.dtype().isFloatingPoint()) {
      return step;
    } else if (step instanceof Step.Read read) {
      return new Step.Read(read.slot(), stored, read.entry(), read.own());
    } else if (step instanceof Step.Assemble assemble) {
      return new Step.Assemble(assemble.slot(), stored, assemble.pieces());
    }
    return step;
  }

  private static @Nullable DType stored(Step step) {
    if (step instanceof Step.Read read) {
      return read.entry().dtype();
    }
    DType stored = null;
    if (step instanceof Step.Assemble assemble) {
      for (Piece piece : assemble.pieces()) {
        DType dtype = piece.entry().dtype();
        if (stored != null && stored != dtype) {
          return null;
        }
        stored = dtype;
      }
    }
    return stored;
  }
}
