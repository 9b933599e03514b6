package dev.tenon.skeleton.init;

import dev.tenon.tensor.Shape;
import java.util.List;

/** What shape a value comes out in, told without computing it, by torch's rules. */
public final class ValueShape {
  /** An expression's tensors are in memory whole, and Java's arrays hold no more. */
  private static final long MOST_ELEMENTS = Integer.MAX_VALUE;

  private ValueShape() {}

  /**
   * The shape of a value.
   *
   * @param draw the shape of the draw it is computed from; of no meaning where there is none
   * @throws IllegalArgumentException if its parts do not fit together, or one of them has 2^31
   *     elements or more
   */
  public static Shape of(Value value, Shape draw) {
    Shape shape = shape(value, draw);
    if (!shape.holdsAtMost(MOST_ELEMENTS)) {
      throw new IllegalArgumentException("a value of fewer than 2^31 elements, not " + shape);
    }
    return shape;
  }

  private static Shape shape(Value value, Shape draw) {
    if (value instanceof Value.Arange v) {
      return Shape.of(count(v));
    } else if (value instanceof Value.Full v) {
      return v.shape();
    } else if (value instanceof Value.Numbers v) {
      return v.shape();
    } else if (value instanceof Value.Literal v) {
      return v.shape();
    } else if (value instanceof Value.Input) {
      return draw;
    } else if (value instanceof Value.Cast v) {
      return of(v.input(), draw);
    } else if (value instanceof Value.Reshape v) {
      Shape input = of(v.input(), draw);
      return v.shape().holdsAtMost(MOST_ELEMENTS) && v.shape().elements() == input.elements()
          ? v.shape()
          : fail(input, v.shape());
    } else if (value instanceof Value.Expand v) {
      Shape input = of(v.input(), draw);
      return joined(input, v.shape()).equals(v.shape()) ? v.shape() : fail(input, v.shape());
    }
    return shape((Value.Call) value, draw);
  }

  /** ⌈(end − start) / step⌉, which may pass a long where start is far below zero. */
  private static long count(Value.Arange v) {
    long span = v.end() - v.start();
    if (span < 0) {
      throw new IllegalArgumentException("a range of fewer than 2^31 elements");
    }
    return span / v.step() + (span % v.step() == 0 ? 0 : 1);
  }

  private static Shape shape(Value.Call call, Shape draw) {
    List<Value> inputs = call.inputs();
    Shape first = of(inputs.get(0), draw);
    switch (call.op()) {
      case CAT, STACK -> {
        int rank = first.rank() + (call.op() == Value.Op.STACK ? 1 : 0);
        int dim = dim(call.numbers().get(0), rank);
        return call.op() == Value.Op.STACK
            ? stacked(first, inputs, dim, draw)
            : catenated(first, inputs, dim, draw);
      }
      case MAX -> {
        int dim = dim(call.numbers().get(0), first.rank());
        return first.dim(dim) == 0 ? fail(first, first) : first.with(dim, 1);
      }
      case TRIL -> {
        return first.rank() < 2 ? fail(first, first) : first;
      }
      default -> {
        Shape all = first;
        for (Value input : inputs.subList(1, inputs.size())) {
          all = joined(all, of(input, draw));
        }
        return all;
      }
    }
  }

  private static Shape catenated(Shape first, List<Value> inputs, int dim, Shape draw) {
    long along = first.dim(dim);
    for (Value input : inputs.subList(1, inputs.size())) {
      Shape other = of(input, draw);
      if (other.rank() != first.rank() || !other.with(dim, first.dim(dim)).equals(first)) {
        return fail(first, other);
      }
      along = Math.addExact(along, other.dim(dim));
    }
    return first.with(dim, along);
  }

  private static Shape stacked(Shape first, List<Value> inputs, int dim, Shape draw) {
    for (Value input : inputs.subList(1, inputs.size())) {
      Shape other = of(input, draw);
      if (!other.equals(first)) {
        return fail(first, other);
      }
    }
    long[] dims = new long[first.rank() + 1];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = i == dim ? inputs.size() : first.dim(i < dim ? i : i - 1);
    }
    return Shape.of(dims);
  }

  private static int dim(double number, int rank) {
    double dim = number < 0 ? number + rank : number;
    if (dim != Math.rint(dim) || dim < 0 || dim >= rank) {
      throw new IllegalArgumentException("one of " + rank + " dimensions, not " + number);
    }
    return (int) dim;
  }

  /** Two shapes broadcast: aligned at the innermost dimension, where a size of 1 is repeated. */
  private static Shape joined(Shape a, Shape b) {
    long[] dims = new long[Math.max(a.rank(), b.rank())];
    for (int i = 1; i <= dims.length; i++) {
      long one = i <= a.rank() ? a.dim(-i) : 1;
      long other = i <= b.rank() ? b.dim(-i) : 1;
      if (one != other && one != 1 && other != 1) {
        return fail(a, b);
      }
      dims[dims.length - i] = one == 1 ? other : one;
    }
    return Shape.of(dims);
  }

  private static Shape fail(Shape shape, Shape other) {
    throw new IllegalArgumentException("shapes that fit, not %s and %s".formatted(shape, other));
  }
}
