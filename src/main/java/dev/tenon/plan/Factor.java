package dev.tenon.plan;

import dev.tenon.checkpoint.TensorEntry;

/**
 * A matrix that is a view of a stored tensor: of a factor of an adapter, or of one expert's part of
 * it. Geometry, no bytes.
 *
 * @param entry where the bytes are
 * @param start index of the first element among the entry's, in row-major order
 * @param rows how many rows
 * @param columns how many columns
 * @param rowStep how many elements apart rows are
 * @param columnStep how many elements apart columns are
 */
public record Factor(
    TensorEntry entry, long start, long rows, long columns, long rowStep, long columnStep) {

  /** All of a tensor whose first dimension counts rows; the others together count columns. */
  public static Factor of(TensorEntry entry) {
    long rows = entry.shape().rank() == 0 ? 1 : entry.shape().dim(0);
    long columns = rows == 0 ? 0 : entry.shape().elements() / rows;
    return new Factor(entry, 0, rows, columns, columns, 1);
  }

  /** Rows and columns exchanged. */
  public Factor transposed() {
    return new Factor(entry, start, columns, rows, columnStep, rowStep);
  }

  /** Neighbouring rows. */
  public Factor rows(long from, long count) {
    return new Factor(entry, start + from * rowStep, count, columns, rowStep, columnStep);
  }

  /** Neighbouring columns. */
  public Factor columns(long from, long count) {
    return new Factor(entry, start + from * columnStep, rows, count, rowStep, columnStep);
  }

  /** Every so many columns, from one on. */
  public Factor everyColumn(long step, long from) {
    return new Factor(
        entry, start + from * columnStep, rows, columns / step, rowStep, columnStep * step);
  }
}
