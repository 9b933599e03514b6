package dev.tenon.engine.bytes;

import dev.tenon.nativecore.MoveBatch;
import dev.tenon.plan.move.Axis;
import dev.tenon.plan.move.Move;
import java.util.List;
import java.util.function.Consumer;

/** Moves as the items of a batch, which is carried out whenever it is full. */
final class MoveItems {
  /** Items of a batch: the room that many small moves take. */
  private static final int MOST = 1 << 16;

  private final MoveBatch batch = new MoveBatch();
  private final Consumer<MoveBatch> carryOut;

  /**
   * None yet.
   *
   * @param carryOut is given a full batch, which is empty again when it returns
   */
  MoveItems(Consumer<MoveBatch> carryOut) {
    this.carryOut = carryOut;
  }

  /**
   * Adds a move.
   *
   * @param source of its first element, as the batch's source has it
   * @param target address of its first element
   */
  void add(Move move, long source, long target) {
    add(move, move.axes(), source, target);
  }

  /** Axes beyond those an item has are walked here. */
  private void add(Move move, List<Axis> axes, long source, long target) {
    if (axes.size() > MoveBatch.AXES) {
      Axis outer = axes.get(0);
      List<Axis> inner = axes.subList(1, axes.size());
      for (long i = 0; i < outer.count(); i++) {
        add(move, inner, source + i * outer.source(), target + i * outer.target());
      }
      return;
    }
    if (batch.size() == MOST) {
      flush();
    }
    batch.add(source, target, move.entry().dtype(), move.dtype());
    for (int i = 0; i < axes.size(); i++) {
      Axis axis = axes.get(i);
      batch.axis(MoveBatch.AXES - axes.size() + i, axis.count(), axis.source(), axis.target());
    }
  }

  /** How many wait to be carried out. */
  int size() {
    return batch.size();
  }

  /** Carries out what was added. */
  void flush() {
    if (batch.size() > 0) {
      carryOut.accept(batch);
      batch.clear();
    }
  }
}
