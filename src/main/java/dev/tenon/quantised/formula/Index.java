package dev.tenon.quantised.formula;

import dev.tenon.checkpoint.TensorEntry;

/** Which row, or column, of the grids each row or column of a matrix goes with. */
public sealed interface Index {
  /**
   * As a tensor says. What it says is checked when it is read.
   *
   * @param entry int32
   */
  record Stored(TensorEntry entry) implements Index {}

  /**
   * Blocks of rows that begin anew with each matrix of a stack.
   *
   * @param rows of a matrix
   * @param block of which the last of a matrix may be shorter
   */
  record Blocks(long rows, long block) implements Index {
    /** The row of the grids that a row of the stack goes with. */
    public long of(long row) {
      return row / rows * Layout.up(rows, block) + row % rows / block;
    }
  }
}
