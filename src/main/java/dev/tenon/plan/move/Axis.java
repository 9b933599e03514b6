package dev.tenon.plan.move;

/**
 * A dimension of a {@link Move}.
 *
 * @param count elements along it
 * @param source bytes from one to the next where they are stored, not negative; 0 if one element
 *     stands for all
 * @param target bytes from one to the next in the slot
 */
public record Axis(long count, long source, long target) {

  /** Whether this axis goes on where {@code inner}, taken whole, ends: on both sides. */
  boolean follows(Axis inner) {
    return source == inner.source * inner.count && target == inner.target * inner.count;
  }

  Axis of(long some) {
    return new Axis(some, source, target);
  }
}
