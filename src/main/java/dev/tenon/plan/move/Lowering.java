package dev.tenon.plan.move;

import dev.tenon.checkpoint.Stored;
import dev.tenon.plan.Step;
import dev.tenon.plan.box.Box;
import dev.tenon.plan.box.Piece;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A step in moves. */
final class Lowering {
  private static final Comparator<Axis> FORWARDS =
      Comparator.comparingLong(Axis::source).reversed();

  private final int slot;
  private final DType dtype;
  private final long[] strides;
  private final List<Move> moves;

  private Lowering(int slot, Step step, List<Move> moves) {
    this.slot = slot;
    this.dtype = step.dtype();
    this.strides = step.slot().shape().rowMajor();
    this.moves = moves;
  }

  /** Adds what a step moves: nothing, unless files hold its slot. */
  static void lower(int slot, Step step, List<Move> moves) {
    if (step instanceof Step.Read read) {
      Stored entry = read.entry();
      Lowering lowering = new Lowering(slot, step, moves);
      if (entry.dtype().isByteAddressable()) {
        Box whole = Box.whole(entry.shape());
        lowering.add(entry, strides(entry), whole, whole);
      } else if (entry.bytes() > 0) {
        // Not a single element has an address, but all of them have one.
        Axis bytes = new Axis(entry.bytes(), 1, 1);
        moves.add(new Move(slot, entry, step.dtype(), entry.offset(), 0, List.of(bytes)));
      }
    } else if (step instanceof Step.Assemble assemble) {
      Lowering lowering = new Lowering(slot, step, moves);
      for (Piece piece : assemble.pieces()) {
        lowering.add(piece);
      }
    }
  }

  private void add(Piece piece) {
    long[] stored = strides(piece.entry());
    Piece.Transpose swap = piece.transpose();
    if (swap != null) {
      long first = stored[swap.first()];
      stored[swap.first()] = stored[swap.second()];
      stored[swap.second()] = first;
    }
    add(piece.entry(), stored, piece.source(), piece.target());
  }

  /** Boxes of as many elements, which differ in dimensions of size one alone. */
  private void add(Stored entry, long[] stored, Box from, Box to) {
    long size = Move.size(entry.dtype());
    long[] fromSteps = steps(from, stored, size);
    long[] toSteps = steps(to, strides, Move.size(dtype));
    List<Axis> axes = new ArrayList<>();
    int other = 0;
    for (int dim = 0; dim < from.size().rank(); dim++) {
      long count = from.size().dim(dim);
      if (count == 0) {
        return;
      } else if (count > 1) {
        while (to.size().dim(other) == 1) {
          other++;
        }
        axes.add(new Axis(count, fromSteps[dim], toSteps[other++]));
      }
    }
    long source = entry.offset() + start(from, fromSteps);
    moves.add(new Move(slot, entry, dtype, source, start(to, toSteps), ordered(axes)));
  }

  private List<Axis> ordered(List<Axis> axes) {
    axes.sort(FORWARDS);
    for (int i = axes.size() - 1; i > 0; i--) {
      Axis inner = axes.get(i);
      if (axes.get(i - 1).follows(inner)) {
        axes.set(i - 1, inner.of(axes.get(i - 1).count() * inner.count()));
        axes.remove(i);
      }
    }
    // Those that are neighbours in the slot, last but one if they are not last.
    for (int i = 0; i < axes.size() - 2; i++) {
      if (axes.get(i).target() == Move.size(dtype)) {
        axes.add(axes.size() - 1, axes.remove(i));
      }
    }
    return axes;
  }

  private static long[] steps(Box box, long[] strides, long size) {
    long[] steps = new long[box.size().rank()];
    for (int dim = 0; dim < steps.length; dim++) {
      steps[dim] = strides[dim] * size;
    }
    return steps;
  }

  private static long start(Box box, long[] steps) {
    long start = 0;
    for (int dim = 0; dim < steps.length; dim++) {
      start += box.start().dim(dim) * steps[dim];
    }
    return start;
  }

  private static long[] strides(Stored entry) {
    Shape strides = entry.strides();
    return strides == null ? entry.shape().rowMajor() : strides.dims();
  }
}
