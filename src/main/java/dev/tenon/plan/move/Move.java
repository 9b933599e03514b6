package dev.tenon.plan.move;

import dev.tenon.checkpoint.Stored;
import dev.tenon.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * A box of a stored tensor that becomes a box of a slot, each element in the slot's dtype. Both are
 * walked side by side; along the last axis neighbours are nearest where they are stored, so that a
 * file is read forwards. Where they are no neighbours in the slot too, those that are lie along the
 * axis before.
 *
 * @param slot index of the slot
 * @param entry whose elements they are
 * @param dtype what they become
 * @param source bytes from the start of the file to the first element
 * @param target bytes from the start of the slot to the first element
 * @param axes outermost first, of which none could be joined with the next; empty for one element
 */
public record Move(int slot, Stored entry, DType dtype, long source, long target, List<Axis> axes) {

  /** Copies the list. */
  public Move {
    axes = List.copyOf(axes);
  }

  /** How a move is carried out where the slot has memory of its own. */
  public enum Kind {
    /** Neighbours stay neighbours: one run of bytes. */
    RUN,
    /** Runs that are apart in the file, in the slot or in both. */
    ROWS,
    /** Neighbours on one side are none on the other: transposed, or with gaps in between. */
    ELEMENTS
  }

  /** How this one is. */
  public Kind kind() {
    if (axes.isEmpty()) {
      return Kind.RUN;
    }
    Axis last = axes.get(axes.size() - 1);
    if (last.source() != size(entry.dtype()) || last.target() != size(dtype)) {
      return Kind.ELEMENTS;
    }
    return axes.size() == 1 ? Kind.RUN : Kind.ROWS;
  }

  /** Whether elements change their type on the way. */
  public boolean converts() {
    return entry.dtype() != dtype;
  }

  /** Elements it moves. */
  public long elements() {
    long elements = 1;
    for (Axis axis : axes) {
      elements *= axis.count();
    }
    return elements;
  }

  /** Bytes these take where they are stored. */
  public long bytes() {
    return elements() * size(entry.dtype());
  }

  /** Runs of neighbours it has where they are stored: as many reads, if each is read by itself. */
  public long runs() {
    if (axes.isEmpty()) {
      return 1;
    }
    Axis last = axes.get(axes.size() - 1);
    return last.source() == size(entry.dtype()) ? elements() / last.count() : elements();
  }

  /** The bytes of an element; of a type that packs several into a byte, one, its bytes count. */
  static long size(DType dtype) {
    return dtype.isByteAddressable() ? dtype.bits() / 8 : 1;
  }

  /**
   * This move in parts of at most so many stored bytes each, in file order.
   *
   * @param most at least an element's
   */
  public List<Move> parts(long most) {
    List<Move> parts = new ArrayList<>();
    if (bytes() <= most) {
      parts.add(this);
      return parts;
    }
    Axis first = axes.get(0);
    List<Axis> inner = axes.subList(1, axes.size());
    long each = Math.max(1, most / (bytes() / first.count()));
    for (long at = 0; at < first.count(); at += each) {
      List<Axis> some = new ArrayList<>();
      long count = Math.min(each, first.count() - at);
      if (count > 1) {
        some.add(first.of(count));
      }
      some.addAll(inner);
      Move part =
          new Move(
              slot, entry, dtype, source + at * first.source(), target + at * first.target(), some);
      parts.addAll(part.parts(most));
    }
    return parts;
  }
}
