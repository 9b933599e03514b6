package dev.tenon.plan.box;

import dev.tenon.checkpoint.Stored;
import dev.tenon.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongBinaryOperator;

/**
 * A tensor that exists only as parts of entries, while conversions rearrange it: geometry, no
 * bytes.
 *
 * @param shape its sizes
 * @param parts what lies where; together they cover it once
 */
public record Layout(Shape shape, List<Part> parts) {
  /** Indices along one dimension of which each becomes a part: far beyond what models have. */
  private static final int MOST_PARTS = 1 << 20;

  /** Refuses what cannot be counted: an empty tensor may be said to have any size. */
  public Layout {
    if (!shape.holdsAtMost(Long.MAX_VALUE)) {
      throw new IllegalArgumentException("too many elements to count: " + shape);
    }
  }

  /** One entry as it is. */
  public static Layout of(Stored entry) {
    return new Layout(entry.shape(), List.of(Part.whole(entry)));
  }

  /** Layouts of one shape along a new dimension. */
  public static Layout stack(List<Layout> layouts, int dimension) {
    Shape each = layouts.get(0).shape();
    int dim = Dims.index(dimension, each.rank() + 1);
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < layouts.size(); i++) {
      Layout layout = layouts.get(i);
      if (!layout.shape().equals(each)) {
        throw new IllegalArgumentException(
            "tensors to stack differ in shape: " + each + " and " + layout.shape());
      }
      for (Part part : layout.parts()) {
        parts.add(part.insert(dim, i));
      }
    }
    return new Layout(Shape.of(Dims.insert(each.dims(), dim, layouts.size())), parts);
  }

  /** Layouts that differ at most along {@code dim}, one after the other. */
  public static Layout concatenate(List<Layout> layouts, int dimension) {
    long[] dims = layouts.get(0).shape().dims();
    int dim = Dims.index(dimension, dims.length);
    List<Part> parts = new ArrayList<>();
    long at = 0;
    for (Layout layout : layouts) {
      long[] fitting = layout.shape().dims();
      long size = fitting.length == dims.length ? fitting[dim] : -1;
      if (size >= 0) {
        fitting[dim] = dims[dim];
      }
      if (size < 0 || !Arrays.equals(fitting, dims)) {
        throw new IllegalArgumentException(
            "tensors to join differ in shape: " + Shape.of(dims) + " and " + layout.shape());
      }
      for (Part part : layout.parts()) {
        parts.add(part.shift(dim, at));
      }
      if (at > Long.MAX_VALUE - size) {
        throw new IllegalArgumentException(
            "too many indices to count: " + at + " joined by " + layout.shape());
      }
      at += size;
    }
    dims[dim] = at;
    return new Layout(Shape.of(dims), parts);
  }

  /** The indices from {@code from} to {@code to}, exclusive, along a dimension. */
  public Layout cut(int dim, long from, long to) {
    List<Part> cut = new ArrayList<>();
    for (Part part : parts) {
      long low = Math.max(from, part.start(dim));
      long high = Math.min(to, part.start(dim) + part.size(dim));
      if (low < high) {
        cut.add(part.cut(dim, low, high).shift(dim, -from));
      }
    }
    long[] dims = shape.dims();
    dims[dim] = to - from;
    return new Layout(Shape.of(dims), cut);
  }

  /** Parts of equal size along a dimension, the last one smaller if need be. */
  public List<Layout> chunk(int dimension, int count) {
    int dim = Dims.index(dimension, shape.rank());
    long size = shape.dim(dim);
    long each = Math.max(1, -Math.floorDiv(-size, (long) count));
    List<Layout> chunks = new ArrayList<>(count);
    for (long from = 0; from < size; from += each) {
      chunks.add(cut(dim, from, Math.min(size, from + each)));
    }
    if (chunks.size() != count) {
      throw new IllegalArgumentException(
          "a tensor of shape " + shape + " does not fall into " + count + " parts");
    }
    return chunks;
  }

  /** One slice for each index along a dimension, which they lose. */
  public List<Layout> unstack(int dimension) {
    int dim = Dims.index(dimension, shape.rank());
    if (shape.dim(dim) > MOST_PARTS) {
      throw new IllegalArgumentException(
          "a tensor of shape " + shape + " has too many slices along dimension " + dim);
    }
    List<Layout> slices = new ArrayList<>();
    for (long i = 0; i < shape.dim(dim); i++) {
      List<Part> parts = cut(dim, i, i + 1).parts().stream().map(p -> p.remove(dim)).toList();
      slices.add(new Layout(Shape.of(Dims.remove(shape.dims(), dim)), parts));
    }
    return slices;
  }

  /** In each of equal runs along a dimension, the even indices and then the odd ones. */
  public Layout deinterleave(int dimension, int groups) {
    return shuffle(dimension, groups, (i, half) -> i < half ? 2 * i : 2 * (i - half) + 1);
  }

  /** In each of equal runs along a dimension, the two halves in turn. */
  public Layout interleave(int dimension, int groups) {
    return shuffle(dimension, groups, (i, half) -> i % 2 * half + i / 2);
  }

  /** Each index of a run by itself: no box holds every other one. */
  private Layout shuffle(int dimension, int groups, LongBinaryOperator source) {
    int dim = Dims.index(dimension, shape.rank());
    long run = shape.dim(dim) / groups;
    if (run * groups != shape.dim(dim) || run % 2 != 0 || shape.dim(dim) > MOST_PARTS) {
      throw new IllegalArgumentException(
          "a tensor of shape " + shape + " does not fall into pairs in " + groups + " runs");
    }
    List<Part> shuffled = new ArrayList<>();
    for (long at = 0; at < shape.dim(dim); at++) {
      long from = at - at % run + source.applyAsLong(at % run, run / 2);
      for (Part part : cut(dim, from, from + 1).parts()) {
        shuffled.add(part.shift(dim, at));
      }
    }
    return new Layout(shape, shuffled);
  }

  /** Two dimensions exchanged. */
  public Layout transpose(int one, int other) {
    int first = Dims.index(one, shape.rank());
    int second = Dims.index(other, shape.rank());
    return new Layout(
        Shape.of(Dims.swap(shape.dims(), first, second)),
        parts.stream().map(part -> part.transpose(first, second)).toList());
  }
}
