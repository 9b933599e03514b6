package dev.tenon.quantised;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.quantised.formula.Codes;
import dev.tenon.quantised.formula.Formula;
import dev.tenon.quantised.formula.Layout;
import dev.tenon.quantised.formula.Numbers;
import dev.tenon.quantised.formula.Operation;
import dev.tenon.quantised.formula.Tables;
import dev.tenon.quantised.formula.Unpacked;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Floats of 4 bits, the lower half of each byte first, in groups along rows: of 32 that share an
 * exponent, MXFP4, or of 16 that share an 8-bit float, which a number for all goes with, NVFP4.
 */
final class Fours {
  private static final long MX = 32;
  private static final long NV = 16;

  private Fours() {}

  /** Numbers […, N, K/2], scales […, N, K/32]. */
  static @Nullable Unpacked mx(Parts parts) {
    TensorEntry numbers = parts.get(0);
    if (!isExponents(parts.get(1)) || numbers.dtype().bits() != 8) {
      return null;
    }
    long k = 2 * Matrices.columns(numbers.shape());
    Formula formula = formula(numbers, k, Grids.scales(parts.get(1)), MX);
    return parts.unpacked(Matrices.with(numbers.shape(), k), formula);
  }

  /**
   * Blocks [E, R, C/32, 16], scales [E, R, C/32]: gpt-oss's, whose slots are [E, C, R]. What has
   * fewer dimensions nobody has described.
   */
  static @Nullable Unpacked blocks(Parts parts) {
    Shape blocks = parts.get(0).shape();
    if (blocks.rank() != 4 || blocks.dim(3) != MX / 2 || !isExponents(parts.get(1))) {
      return null;
    }
    long r = blocks.dim(1);
    long c = Math.multiplyExact(blocks.dim(2), MX);
    Codes codes = new Codes(parts.get(0), Layout.along(4, c / 2), blocks.dim(0) * r, c);
    Formula formula =
        Formula.scaled(codes, Tables.e2m1(), Operation.SCALE, Grids.scales(parts.get(1)), 1, MX);
    return parts.unpacked(
        Shape.of(blocks.dim(0), c, r), Shape.of(Math.multiplyExact(r, c), 1, c), formula);
  }

  /** ModelOpt: what goes with all multiplies. */
  static @Nullable Unpacked modelOpt(Parts parts) {
    return nv(parts, Operation.SCALE);
  }

  /** compressed-tensors: what goes with all divides. */
  static @Nullable Unpacked compressedTensors(Parts parts) {
    return nv(parts, Operation.DIVIDE);
  }

  private static @Nullable Unpacked nv(Parts parts, Operation operation) {
    TensorEntry numbers = parts.get(0);
    TensorEntry scales = parts.get(1);
    TensorEntry all = parts.get(2);
    if (scales.dtype() != DType.F8_E4M3 || numbers.dtype().bits() != 8) {
      return null;
    }
    long k = 2 * Matrices.columns(numbers.shape());
    long rows = Matrices.rows(numbers.shape());
    long n = numbers.shape().dim(-2);
    long groups = Layout.up(k, NV);
    long one = all.shape().elements() == 1 ? rows : n;
    Codes codes = new Codes(scales, Layout.along(8, groups), rows, groups);
    Formula scaled =
        Formula.scaled(
            codes,
            new Numbers.Float8(DType.F8_E4M3),
            operation,
            new Numbers.Plain(all, all.dtype()),
            one,
            groups);
    requireGrid(scales, numbers.shape(), groups);
    return parts.unpacked(Matrices.with(numbers.shape(), k), formula(numbers, k, scaled, NV));
  }

  /** MLX's words, in which all of these are streams; scales are bytes. */
  static @Nullable Unpacked mlx(Parts parts) {
    TensorEntry words = parts.get(0);
    TensorEntry scales = parts.get(1);
    Shape shape = words.shape();
    String scheme = parts.packing().scheme();
    int bits = scheme.endsWith("mxfp8") ? 8 : 4;
    long group = scheme.endsWith("nvfp4") ? NV : MX;
    if (scales.dtype() != DType.U8 || scheme.equals("mlx")) {
      return null;
    }
    long k = Math.multiplyExact(Matrices.columns(shape), 32L) / bits;
    requireGrid(scales, shape, Layout.up(k, group));
    DType exponents = group == NV ? DType.F8_E4M3 : DType.F8_E8M0;
    Codes codes = new Codes(words, Layout.along(bits, shape.dim(-1) * 4), Matrices.rows(shape), k);
    Numbers table = bits == 8 ? new Numbers.Float8(DType.F8_E4M3) : Tables.e2m1();
    Formula formula =
        Formula.scaled(
            codes, table, Operation.SCALE, new Numbers.Plain(scales, exponents), 1, group);
    return parts.unpacked(Matrices.with(shape, k), formula);
  }

  private static boolean isExponents(TensorEntry scales) {
    return scales.dtype() == DType.U8 || scales.dtype() == DType.F8_E8M0;
  }

  private static void requireGrid(TensorEntry scales, Shape numbers, long groups) {
    if (!scales.shape().equals(Matrices.with(numbers, groups))) {
      throw new IllegalArgumentException(
          "scales of shape %s are none of %d groups a row of numbers of shape %s"
              .formatted(scales.shape(), groups, numbers));
    }
  }

  private static Formula formula(TensorEntry numbers, long k, Numbers scales, long group) {
    long rows = Matrices.rows(numbers.shape());
    Codes codes = new Codes(numbers, Layout.along(4, k / 2), rows, k);
    return Formula.scaled(codes, Tables.e2m1(), Operation.SCALE, scales, 1, group);
  }
}
