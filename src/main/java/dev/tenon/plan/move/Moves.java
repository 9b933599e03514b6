package dev.tenon.plan.move;

import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What the steps of a plan move. */
public final class Moves {
  /** By file and by place in it, as a disk is read. */
  public static final Comparator<Move> IN_FILE_ORDER =
      Comparator.comparing((Move move) -> move.entry().file()).thenComparingLong(Move::source);

  private Moves() {}

  /**
   * All moves of a plan, by file and place in it; those of views too, which need no memory.
   *
   * @param plan whose {@link LoadPlan#candidates} may be undecided: then each side is moved
   */
  public static List<Move> of(LoadPlan plan) {
    List<Move> moves = new ArrayList<>();
    for (int slot = 0; slot < plan.steps().size(); slot++) {
      Lowering.lower(slot, plan.steps().get(slot), moves);
    }
    moves.sort(IN_FILE_ORDER);
    return moves;
  }

  /** Slots in the order in which files hold what moves to them, and then those no file holds. */
  public static List<Integer> inFileOrder(List<Step> steps) {
    List<Move> firsts = new ArrayList<>();
    List<Integer> others = new ArrayList<>();
    for (int slot = 0; slot < steps.size(); slot++) {
      List<Move> moves = of(slot, steps.get(slot));
      if (moves.isEmpty()) {
        others.add(slot);
      } else {
        firsts.add(moves.get(0));
      }
    }
    firsts.sort(IN_FILE_ORDER);
    List<Integer> slots = new ArrayList<>();
    for (Move first : firsts) {
      slots.add(first.slot());
    }
    slots.addAll(others);
    return slots;
  }

  /** The moves of one step, in no order; none if no file holds its slot. */
  public static List<Move> of(int slot, Step step) {
    List<Move> moves = new ArrayList<>();
    Lowering.lower(slot, step, moves);
    return moves;
  }
}
