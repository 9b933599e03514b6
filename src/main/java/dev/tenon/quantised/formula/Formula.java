package dev.tenon.quantised.formula;

import org.jspecify.annotations.Nullable;

/**
 * How float32 come out of a matrix of codes: each code is looked up in a table, then scaled. Scales
 * and zeros are grids, with a row for so many rows and a column for so many columns of the codes.
 *
 * @param codes the matrix
 * @param table 2^bits numbers; of {@link Layout.Kind#BOOKS}, as many for each element of a vector
 *     and each book; of {@link Layout.Kind#GGML} none
 * @param operation what is done with scale and zero
 * @param scales null where the operation needs none
 * @param zeros null where it needs none; one number may stand for all
 * @param gridRows of scales and zeros
 * @param gridColumns of scales and zeros
 * @param blockRows rows that share a row of the grids
 * @param blockColumns columns that share a column of the grids
 * @param rowIndex or null: which row of the grids instead
 * @param columnIndex or null: which column of the grids instead
 * @param factor what all is multiplied by in the end
 */
public record Formula(
    Codes codes,
    Numbers table,
    Operation operation,
    @Nullable Numbers scales,
    @Nullable Numbers zeros,
    long gridRows,
    long gridColumns,
    long blockRows,
    long blockColumns,
    @Nullable Index rowIndex,
    @Nullable Index columnIndex,
    float factor)
    implements Numbers {

  /**
   * Checks that all sizes go together.
   *
   * @throws IllegalArgumentException if they do not
   */
  public Formula {
    Layout layout = codes.layout();
    long values = 1L << layout.bits();
    if (layout.kind() == Layout.Kind.BOOKS) {
      values *= (long) layout.books() * layout.vector();
    } else if (layout.kind() == Layout.Kind.GGML) {
      values = 0;
    }
    if (table.count() != values) {
      throw new IllegalArgumentException(
          "a table has " + table.count() + " numbers and not " + values);
    }
    long grid = Math.multiplyExact(gridRows, gridColumns);
    if (scales != null && scales.count() != grid) {
      throw new IllegalArgumentException(
          "there are " + scales.count() + " scales and not " + gridRows + " x " + gridColumns);
    }
    if (zeros != null && zeros.count() != grid && zeros.count() != 1) {
      throw new IllegalArgumentException(
          "there are " + zeros.count() + " zeros and not " + gridRows + " x " + gridColumns);
    }
    require("rows", codes.rows(), blockRows, gridRows, rowIndex);
    require("columns", codes.columns(), blockColumns, gridColumns, columnIndex);
  }

  /** Without scales. */
  public static Formula plain(Codes codes, Numbers table) {
    return new Formula(
        codes,
        table,
        Operation.AS_IT_IS,
        null,
        null,
        1,
        1,
        codes.rows(),
        codes.columns(),
        null,
        null,
        1);
  }

  /** With scales alone, in blocks. */
  public static Formula scaled(
      Codes codes, Numbers table, Operation operation, Numbers scales, long rows, long columns) {
    return new Formula(
        codes,
        table,
        operation,
        scales,
        null,
        Layout.up(codes.rows(), rows),
        Layout.up(codes.columns(), columns),
        rows,
        columns,
        null,
        null,
        1);
  }

  /** The same with zeros too. */
  public Formula with(Operation other, Numbers others) {
    return new Formula(
        codes,
        table,
        other,
        scales,
        others,
        gridRows,
        gridColumns,
        blockRows,
        blockColumns,
        rowIndex,
        columnIndex,
        factor);
  }

  /** The same, where indices tell the places in the grids. */
  public Formula indexed(@Nullable Index byRow, @Nullable Index byColumn) {
    return new Formula(
        codes,
        table,
        operation,
        scales,
        zeros,
        gridRows,
        gridColumns,
        blockRows,
        blockColumns,
        byRow,
        byColumn,
        factor);
  }

  /** The same, multiplied by a number in the end. */
  public Formula times(float other) {
    return new Formula(
        codes,
        table,
        operation,
        scales,
        zeros,
        gridRows,
        gridColumns,
        blockRows,
        blockColumns,
        rowIndex,
        columnIndex,
        other);
  }

  @Override
  public long count() {
    return Math.multiplyExact(codes.rows(), codes.columns());
  }

  private static void require(
      String what, long size, long block, long grid, @Nullable Index index) {
    if (block < 1 || index == null && Layout.up(size, block) != grid) {
      throw new IllegalArgumentException(
          size + " " + what + " in blocks of " + block + " do not make " + grid);
    }
  }
}
