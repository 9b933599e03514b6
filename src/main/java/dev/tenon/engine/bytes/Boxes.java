package dev.tenon.engine.bytes;

import dev.tenon.plan.box.Box;
import dev.tenon.tensor.Shape;
import org.bytedeco.pytorch.Tensor;

/** Rectangular parts of tensors. */
public final class Boxes {
  /** What {@link #run} says of a box that is no run. */
  public static final long NO_RUN = -1;

  private Boxes() {}

  /** The part of a tensor that a box says, as a view; the caller's scope frees it. */
  public static Tensor narrow(Tensor tensor, Box box) {
    Tensor part = tensor;
    for (int i = 0; i < box.size().rank(); i++) {
      if (box.start().dim(i) != 0 || box.size().dim(i) != part.size(i)) {
        part = part.narrow(i, box.start().dim(i), box.size().dim(i));
      }
    }
    return part;
  }

  /**
   * Where a box begins in a tensor's row-major order if it is a run of neighbours there, else
   * {@link #NO_RUN}.
   */
  public static long run(Shape tensor, Box box) {
    long first = 0;
    long inner = 1;
    boolean whole = true;
    for (int dim = tensor.rank() - 1; dim >= 0; dim--) {
      if (!whole && box.size().dim(dim) != 1) {
        return NO_RUN;
      }
      whole &= box.size().dim(dim) == tensor.dim(dim);
      first += box.start().dim(dim) * inner;
      inner *= tensor.dim(dim);
    }
    return first;
  }
}
