package dev.tenon.quantised;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.quantised.formula.Codes;
import dev.tenon.quantised.formula.Formula;
import dev.tenon.quantised.formula.Index;
import dev.tenon.quantised.formula.Layout;
import dev.tenon.quantised.formula.Numbers;
import dev.tenon.quantised.formula.Operation;
import dev.tenon.quantised.formula.Tables;
import dev.tenon.quantised.formula.Unpacked;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A byte a number, and a scale for all, for each row or column, for groups along rows, or for
 * blocks. How large blocks are is never told by how many there are: the last may be shorter.
 */
final class Grids {
  /** Numbers that share an exponent, by OCP's MX. */
  private static final long MX = 32;

  /** What bitsandbytes multiplies by instead of dividing by 127. */
  private static final float INT8 = 0.007874016f;

  private Grids() {}

  /** The numbers first, then their scales. */
  static @Nullable Unpacked bytes(Parts parts) {
    TensorEntry numbers = parts.get(0);
    TensorEntry scales = parts.get(1);
    Formula formula = formula(numbers, scales, parts.said());
    if (formula == null) {
      return null;
    }
    TensorEntry zeros = parts.after("_zero_point");
    zeros = zeros == null ? parts.beside("_weight_zero_point") : zeros;
    if (zeros != null) {
      formula = formula.with(Operation.MINUS_SCALE, integers(zeros));
    }
    return parts.unpacked(numbers.shape(), formula);
  }

  /** bitsandbytes, whose other layouts are those of GPUs. */
  static @Nullable Unpacked int8(Parts parts) {
    TensorEntry format = parts.beside("weight_format");
    if (format != null && parts.small().integer(format) != 0) {
      return null;
    }
    TensorEntry numbers = parts.get(0);
    Formula formula = formula(numbers, parts.get(1), Quantisation.NONE);
    return formula == null || numbers.shape().rank() != 2
        ? null
        : parts.unpacked(numbers.shape(), formula.times(INT8));
  }

  private static Numbers integers(TensorEntry zeros) {
    if (zeros.dtype().isFloatingPoint()) {
      return new Numbers.Plain(zeros, zeros.dtype());
    } else if (zeros.dtype() != DType.I8) {
      throw new IllegalArgumentException(zeros.name() + " is of " + zeros.dtype());
    }
    long count = zeros.shape().elements();
    return Formula.plain(new Codes(zeros, Layout.along(8, count), 1, count), Tables.signedBytes());
  }

  private static @Nullable Numbers table(DType dtype) {
    if (dtype == DType.I8) {
      return Tables.signedBytes();
    }
    return dtype.isFloatingPoint() && dtype.bits() == 8 ? new Numbers.Float8(dtype) : null;
  }

  /** Scales as they are meant: bytes that are no floats are exponents. */
  static Numbers scales(TensorEntry entry) {
    return new Numbers.Plain(entry, entry.dtype() == DType.U8 ? DType.F8_E8M0 : entry.dtype());
  }

  private static @Nullable Formula formula(
      TensorEntry numbers, TensorEntry entry, Quantisation said) {
    Numbers table = table(numbers.dtype());
    boolean unknown = numbers.dtype() == DType.I8 && !entry.dtype().isFloatingPoint();
    if (table == null || unknown || numbers.shape().rank() < 2 || numbers.shape().elements() == 0) {
      return null;
    }
    Shape shape = numbers.shape();
    long k = Matrices.columns(shape);
    long rows = Matrices.rows(shape);
    Codes codes = new Codes(numbers, Layout.along(8, k), rows, k);
    Numbers scales = scales(entry);
    long n = shape.dim(-2);
    long stacked = rows / n;
    Shape grid = entry.shape();
    long[] block = block(said, entry, grid);
    if (block != null && isGrid(grid, stacked, Layout.up(n, block[0]), Layout.up(k, block[1]))) {
      return blocks(codes, table, scales, n, block);
    } else if (entry.shape().elements() == 1) {
      return Formula.scaled(codes, table, Operation.SCALE, scales, rows, k);
    } else if (grid.elements() == stacked && isColumn(grid)) {
      return Formula.scaled(codes, table, Operation.SCALE, scales, n, k);
    } else if (grid.elements() == rows && (isColumn(grid) || isRows(grid, shape))) {
      return Formula.scaled(codes, table, Operation.SCALE, scales, 1, k);
    } else if (isGrid(grid, stacked, 1, k) && grid.rank() == shape.rank() && grid.rank() > 2) {
      return Formula.scaled(codes, table, Operation.SCALE, scales, n, 1);
    } else if (block != null) {
      throw new IllegalArgumentException(
          "scales of shape %s are none for blocks of %d x %d of a weight of shape %s"
              .formatted(grid, block[0], block[1], shape));
    }
    throw new IllegalArgumentException(
        "scales of shape %s go with blocks of a weight of shape %s, and no config says how large these are"
            .formatted(grid, shape));
  }

  /** One number for each of what it goes with, whatever sizes of one are left. */
  private static boolean isColumn(Shape grid) {
    long longest = 1;
    for (int dim = 0; dim < grid.rank(); dim++) {
      longest = Math.max(longest, grid.dim(dim));
    }
    return longest == grid.elements() && (grid.rank() < 2 || grid.dim(0) == longest);
  }

  /** Whether there is one number for each row of each matrix: […, N] or […, N, 1]. */
  private static boolean isRows(Shape grid, Shape shape) {
    int rank = shape.rank();
    boolean fits = grid.rank() == rank - 1 || grid.rank() == rank && grid.dim(-1) == 1;
    for (int dim = 0; fits && dim < rank - 1; dim++) {
      fits = grid.dim(dim) == shape.dim(dim);
    }
    return fits;
  }

  private static boolean isGrid(Shape grid, long stacked, long rows, long columns) {
    return grid.rank() >= 2
        && grid.dim(-1) == columns
        && grid.dim(-2) == rows
        && grid.elements() == stacked * rows * columns;
  }

  /** How large blocks are: as said, or as the type of their scales implies. */
  private static long @Nullable [] block(Quantisation said, TensorEntry scales, Shape grid) {
    String[] sizes = said.group().split("x", -1);
    try {
      if (sizes.length == 2) {
        long[] block = {Long.parseLong(sizes[0]), Long.parseLong(sizes[1])};
        return block[0] > 0 && block[1] > 0 ? block : null;
      } else if (!said.group().isEmpty() && !said.group().equals(Packing.ROW)) {
        long group = Long.parseLong(sizes[0]);
        return group > 0 ? new long[] {1, group} : null;
      }
    } catch (NumberFormatException e) {
      return null;
    }
    return scales.dtype() == DType.U8 && grid.rank() >= 2 ? new long[] {1, MX} : null;
  }

  private static Formula blocks(Codes codes, Numbers table, Numbers scales, long n, long[] block) {
    long rows = codes.rows();
    long columns = Layout.up(codes.columns(), block[1]);
    Index index = rows == n || n % block[0] == 0 ? null : new Index.Blocks(n, block[0]);
    return new Formula(
        codes,
        table,
        Operation.SCALE,
        scales,
        null,
        rows / n * Layout.up(n, block[0]),
        columns,
        block[0],
        block[1],
        index,
        null,
        1);
  }
}
