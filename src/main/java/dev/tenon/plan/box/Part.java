package dev.tenon.plan.box;

import dev.tenon.checkpoint.Stored;
import dev.tenon.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A box of an entry and where it lies in a {@link Layout}.
 *
 * @param entry where the bytes are
 * @param source the box taken from the entry
 * @param extents one for each dimension of the layout
 */
public record Part(Stored entry, Box source, List<Extent> extents) {
  private static final int NEW = -1;

  /**
   * A part along one dimension of the layout.
   *
   * @param start its first index
   * @param axis the entry's dimension that runs along it, or {@link #NEW} if its size is one and no
   *     dimension does
   */
  public record Extent(long start, int axis) {}

  static Part whole(Stored entry) {
    List<Extent> extents = new ArrayList<>();
    for (int axis = 0; axis < entry.shape().rank(); axis++) {
      extents.add(new Extent(0, axis));
    }
    return new Part(entry, Box.whole(entry.shape()), extents);
  }

  long start(int dim) {
    return extents.get(dim).start();
  }

  long size(int dim) {
    int axis = extents.get(dim).axis();
    return axis == NEW ? 1 : source.size().dim(axis);
  }

  Part shift(int dim, long by) {
    List<Extent> shifted = new ArrayList<>(extents);
    shifted.set(dim, new Extent(start(dim) + by, extents.get(dim).axis()));
    return new Part(entry, source, shifted);
  }

  Part insert(int dim, long index) {
    List<Extent> more = new ArrayList<>(extents);
    more.add(dim, new Extent(index, NEW));
    return new Part(entry, source, more);
  }

  Part remove(int dim) {
    List<Extent> fewer = new ArrayList<>(extents);
    fewer.remove(dim);
    return new Part(entry, source, fewer);
  }

  Part transpose(int first, int second) {
    List<Extent> swapped = new ArrayList<>(extents);
    Collections.swap(swapped, first, second);
    return new Part(entry, source, swapped);
  }

  /** What of this part lies between two indices of the layout, which overlap it. */
  Part cut(int dim, long from, long to) {
    int axis = extents.get(dim).axis();
    if (axis == NEW) {
      return this;
    }
    long[] start = source.start().dims();
    long[] size = source.size().dims();
    start[axis] += from - start(dim);
    size[axis] = to - from;
    List<Extent> cut = new ArrayList<>(extents);
    cut.set(dim, new Extent(from, axis));
    return new Part(entry, new Box(Shape.of(start), Shape.of(size)), cut);
  }

  /** This part as the engine takes it. */
  public Piece piece() {
    long[] start = new long[extents.size()];
    long[] size = new long[extents.size()];
    for (int dim = 0; dim < start.length; dim++) {
      start[dim] = start(dim);
      size[dim] = size(dim);
    }
    Box target = new Box(Shape.of(start), Shape.of(size));
    if (inOrder(NEW, NEW)) {
      return new Piece(entry, source, target, null);
    }
    for (int first = 0; first < entry.shape().rank(); first++) {
      for (int second = first + 1; second < entry.shape().rank(); second++) {
        if (inOrder(first, second)) {
          Box swapped =
              new Box(
                  Shape.of(Dims.swap(source.start().dims(), first, second)),
                  Shape.of(Dims.swap(source.size().dims(), first, second)));
          return new Piece(entry, swapped, target, new Piece.Transpose(first, second));
        }
      }
    }
    throw new IllegalArgumentException("more than two dimensions change places");
  }

  /** Whether the layout runs through the entry's axes in order once two of them are exchanged. */
  private boolean inOrder(int first, int second) {
    int last = NEW;
    for (Extent extent : extents) {
      int axis = extent.axis();
      if (axis != NEW) {
        int place = axis == first ? second : axis == second ? first : axis;
        if (place < last) {
          return false;
        }
        last = place;
      }
    }
    return true;
  }
}
