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

  /**
   * What of this move lies in a range of its slot.
   *
   * @param first the range's first byte, from the start of the slot
   * @param end the byte after its last; no element is cut through
   */
  public List<Move> within(long first, long end) {
    List<Move> inside = new ArrayList<>();
    within(first, end, inside);
    return inside;
  }

  private void within(long first, long end, List<Move> inside) {
    long last = size(dtype);
    int widest = 0;
    for (int i = 0; i < axes.size(); i++) {
      last += (axes.get(i).count() - 1) * axes.get(i).target();
      widest = axes.get(i).target() > axes.get(widest).target() ? i : widest;
    }
    if (first <= target && target + last <= end) {
      inside.add(this);
    } else if (first < target + last && target < end) {
      Axis axis = axes.get(widest);
      long each = last - (axis.count() - 1) * axis.target();
      long from = Math.max(0, -Math.floorDiv(target - first, axis.target()));
      long to = Math.min(axis.count(), Math.floorDiv(end - each - target, axis.target()) + 1);
      long next = Math.max(0, Math.floorDiv(first - each - target, axis.target()) + 1);
      while (next < axis.count() && target + next * axis.target() < end) {
        if (next == from && from < to) {
          inside.add(along(widest, from, to - from));
          next = to;
        } else {
          along(widest, next++, 1).within(first, end, inside);
        }
      }
    }
  }

  /** So many steps along an axis, from one on. */
  private Move along(int axis, long from, long count) {
    List<Axis> some = new ArrayList<>(axes);
    Axis all = some.remove(axis);
    if (count > 1) {
      some.add(axis, all.of(count));
    }
    return new Move(
        slot, entry, dtype, source + from * all.source(), target + from * all.target(), some);
  }

  /** Bytes from its first element to the end of its last where they are stored. */
  public long span() {
    long span = size(entry.dtype());
    for (Axis axis : axes) {
      span += (axis.count() - 1) * axis.source();
    }
    return span;
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
