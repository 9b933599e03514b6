package dev.tenon.bench;

import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Step;
import dev.tenon.plan.box.Box;
import dev.tenon.plan.box.Piece;
import dev.tenon.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** What one of two ranks would take of a plan: a half of each matrix, and all of the rest. */
final class Halves {
  private Halves() {}

  /** The later half along a dimension: 0 for rows, which lie together, 1 for columns. */
  static LoadPlan of(LoadPlan plan, int dimension) {
    List<Step> steps = new ArrayList<>();
    for (Step step : plan.steps()) {
      steps.add(
          step instanceof Step.Read read && read.slot().shape().rank() == 2
              ? half(read, dimension)
              : step);
    }
    return plan.with(steps, plan.tying(), plan.findings(), plan.changes());
  }

  private static Step half(Step.Read read, int dimension) {
    long[] start = {0, 0};
    long[] size = read.slot().shape().dims().clone();
    size[dimension] /= 2;
    start[dimension] = size[dimension];
    Shape half = Shape.of(size);
    Piece piece = new Piece(read.entry(), new Box(Shape.of(start), half), Box.whole(half), null);
    return new Step.Assemble(read.slot().withShape(half), read.dtype(), List.of(piece));
  }
}
