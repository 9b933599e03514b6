package dev.tenon.plan;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.box.Layout;
import dev.tenon.plan.box.Piece;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Steps over a file of any bytes, rearranged in all the ways conversions know. */
public final class RandomSteps {
  private final Path file;
  private final int bytes;
  private final Random random;

  /** Steps that read within the first bytes of a file. */
  public RandomSteps(Path file, int bytes, Random random) {
    this.file = file;
    this.bytes = bytes;
    this.random = random;
  }

  /** A tensor as it is, in any strides. */
  public Step.Read read(DType from, DType to) {
    TensorEntry entry = entry(from, shape());
    Shape shape = entry.shape();
    long[] strides = new long[shape.rank()];
    List<Integer> order = new ArrayList<>();
    for (int dim = 0; dim < strides.length; dim++) {
      order.add(dim);
    }
    Collections.shuffle(order, random);
    long next = random.nextInt(4) == 0 ? 2 : 1;
    for (int dim : order) {
      strides[dim] = random.nextInt(9) == 0 ? 0 : next;
      next *= shape.dim(dim);
      next += random.nextInt(3) == 0 ? 1 : 0;
    }
    TensorEntry strided =
        new TensorEntry("t", from, shape, file, entry.offset(), Shape.of(strides));
    boolean fits = entry.offset() + strided.span() <= bytes;
    return new Step.Read(slot(shape, to), to, fits ? strided : entry);
  }

  /** Tensors cut, stacked, joined, transposed and interleaved. */
  public Step.Assemble assemble(DType from, DType to) {
    while (true) {
      try {
        return rearranged(from, to);
      } catch (IllegalArgumentException e) {
        continue; // More than two dimensions would change places, which no conversion does.
      }
    }
  }

  private Step.Assemble rearranged(DType from, DType to) {
    Shape shape = shape();
    List<Layout> layouts = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(3); i++) {
      layouts.add(Layout.of(entry(from, shape)));
    }
    int rank = shape.rank();
    boolean stacks = random.nextBoolean();
    Layout layout =
        stacks
            ? Layout.stack(layouts, random.nextInt(rank + 1))
            : Layout.concatenate(layouts, random.nextInt(rank));
    rank = layout.shape().rank();
    if (rank > 1 && random.nextBoolean()) {
      int first = random.nextInt(rank);
      layout = layout.transpose(first, (first + 1) % rank);
    }
    int dim = random.nextInt(rank);
    long size = layout.shape().dim(dim);
    if (size % 2 == 0 && random.nextBoolean()) {
      layout = random.nextBoolean() ? layout.interleave(dim, 1) : layout.deinterleave(dim, 1);
    } else if (size > 2) {
      layout = layout.cut(dim, 1, size - random.nextInt(2));
    }
    List<Piece> pieces = new ArrayList<>();
    layout.parts().forEach(part -> pieces.add(part.piece()));
    return new Step.Assemble(slot(layout.shape(), to), to, pieces);
  }

  private Shape shape() {
    long[] dims = new long[1 + random.nextInt(4)];
    for (int dim = 0; dim < dims.length; dim++) {
      dims[dim] = 1 + random.nextInt(dims.length < 3 ? 40 : 7);
    }
    return Shape.of(dims);
  }

  private TensorEntry entry(DType dtype, Shape shape) {
    int room = bytes - (int) dtype.bytes(shape.elements());
    return new TensorEntry("t", dtype, shape, file, random.nextInt(room), null);
  }

  private static Slot slot(Shape shape, DType dtype) {
    return new Slot("slot", shape, dtype, Slot.Role.PARAMETER, true, true);
  }
}
