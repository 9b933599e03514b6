package dev.tenon.plan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an adapter adds to a part of a slot, once the slot's own bytes are there: {@code scale ·
 * left · right}, computed in float32. The slot counts as a matrix, and the part is a box of it.
 *
 * @param slot index of the slot, which has memory of its own for it
 * @param adapter what to call the adapter
 * @param width how many columns the slot has as a matrix
 * @param row the first row of the part
 * @param column the first column of the part
 * @param left as many rows as the part
 * @param right as many columns as the part, and as many rows as {@code left} has columns; null if
 *     {@code left} is added as it is
 * @param scale what the product is multiplied by
 * @param magnitude the lengths the part's rows get, if it has one column, or its columns, if it has
 *     one row, whatever they were; null if they stay what they come to
 */
public record LowRank(
    int slot,
    String adapter,
    long width,
    long row,
    long column,
    Factor left,
    @Nullable Factor right,
    double scale,
    @Nullable Factor magnitude) {

  /** How many columns the part has. */
  public long columns() {
    return right == null ? left.columns() : right.columns();
  }

  /** Whether lengths are those of columns, which all rows have a share in. */
  public boolean scalesColumns() {
    return magnitude != null && magnitude.rows() == 1 && left.rows() > 1;
  }

  /** The same change of another slot. */
  public LowRank of(int other) {
    return new LowRank(other, adapter, width, row, column, left, right, scale, magnitude);
  }

  /** Changes of slots that share another's tensor become changes of that one. */
  static List<LowRank> ofOwners(List<LowRank> changes, List<Step> steps) {
    List<LowRank> owned = new ArrayList<>(changes.size());
    for (LowRank change : changes) {
      Step step = steps.get(change.slot());
      owned.add(step instanceof Step.Tied tied ? change.of(tied.owner()) : change);
    }
    return owned;
  }

  /** The steps of a plan whose slots that are changed are views of no file. */
  static List<Step> owning(List<Step> steps, List<LowRank> changes) {
    List<Step> owning = new ArrayList<>(steps);
    for (LowRank change : changes) {
      if (owning.get(change.slot()) instanceof Step.Read read && !read.own()) {
        owning.set(change.slot(), new Step.Read(read.slot(), read.dtype(), read.entry(), true));
      }
    }
    return owning;
  }
}
