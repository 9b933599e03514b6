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

/** Integers of few bits in words, with a scale and mostly a zero for each group along K. */
final class Streams {
  private static final int WORD = 32;

  private Streams() {}

  /** GPTQ: words [K·b/32, N], zeros [G, N·b/32], scales [G, N], g_idx [K]. */
  static @Nullable Unpacked gptq(Parts parts) {
    TensorEntry words = parts.get(0);
    TensorEntry zeros = parts.get(1);
    TensorEntry scales = parts.get(2);
    long n = scales.shape().dim(1);
    int bits = parts.said().bits();
    if (bits == 0 || zeros.shape().dim(1) != Layout.up(n * bits, WORD)) {
      bits = parts.packing().bits(); // Modules may differ from what is said of all.
    }
    String format = parts.said().format();
    boolean isSecond = format.equals("gptq_v2");
    if (!isOf(bits, 2, 3, 4, 8) || !isSecond && !format.isEmpty() && !format.equals("gptq")) {
      return null; // As Marlin's, which are permuted.
    }
    long groups = scales.shape().dim(0);
    TensorEntry index = parts.beside("g_idx");
    long most = Math.multiplyExact(words.shape().dim(0), (long) WORD) / bits;
    long k = index == null ? most : Math.min(most, index.shape().elements());
    Matrices.requireWords(words.shape().dim(0), WORD, k, bits);
    Matrices.requireWords(zeros.shape().dim(1), WORD, n, bits);
    Codes codes = new Codes(words, Layout.down(bits, 4 * n), k, n);
    Codes points = new Codes(zeros, Layout.along(bits, 4 * zeros.shape().dim(1)), groups, n);
    Numbers table = isSecond ? Tables.integers(bits, 0) : Tables.oneMore(bits);
    long group = groups == 1 ? k : index == null ? group(parts, k, groups) : 1;
    Formula formula =
        new Formula(
            codes,
            Tables.integers(bits, 0),
            Operation.MINUS_SCALE,
            new Numbers.Plain(scales, scales.dtype()),
            Formula.plain(points, table),
            groups,
            n,
            group,
            1,
            index == null ? null : new Index.Stored(indices(index, k)),
            null,
            1);
    return parts.unpacked(Shape.of(n, k), Shape.of(1, n), formula);
  }

  /** AWQ: words [K, N/8], zeros [G, N/8], scales [G, N]. */
  static @Nullable Unpacked awq(Parts parts) {
    TensorEntry words = parts.get(0);
    TensorEntry zeros = parts.get(1);
    TensorEntry scales = parts.get(2);
    String format = parts.said().format();
    if (parts.packing().bits() != 4 || !format.isEmpty() && !format.equalsIgnoreCase("gemm")) {
      return null;
    }
    long k = words.shape().dim(0);
    long n = scales.shape().dim(1);
    long groups = scales.shape().dim(0);
    Matrices.requireWords(words.shape().dim(1), WORD, n, 4);
    Matrices.requireWords(zeros.shape().dim(1), WORD, n, 4);
    Layout layout = Layout.along(4, 4 * words.shape().dim(1), Layout.Order.AWQ);
    Numbers table = Tables.integers(4, 0);
    Formula formula =
        Formula.scaled(
                new Codes(words, layout, k, n),
                table,
                Operation.MINUS_SCALE,
                new Numbers.Plain(scales, scales.dtype()),
                groups == 1 ? k : group(parts, k, groups),
                1)
            .with(Operation.MINUS_SCALE, Formula.plain(new Codes(zeros, layout, groups, n), table));
    return parts.unpacked(Shape.of(n, k), Shape.of(1, n), formula);
  }

  /** compressed-tensors: words [N, K·b/32], scales [N, G], zeros [N·b/32, G]. */
  static @Nullable Unpacked compressedTensors(Parts parts) {
    TensorEntry words = parts.get(0);
    TensorEntry scales = parts.get(1);
    TensorEntry sizes = parts.after("_shape");
    if (sizes == null || words.shape().rank() != 2) {
      return null;
    }
    long[] shape = parts.small().integers(sizes);
    if (shape.length != 2 || shape[0] != words.shape().dim(0) || shape[1] < 1) {
      throw new IllegalArgumentException(
          sizes.name() + " says other sizes than those of " + words.name());
    }
    long n = shape[0];
    long k = shape[1];
    int bits = parts.said().bits() == 0 ? bits(words.shape().dim(1), k) : parts.said().bits();
    if (bits < 1 || bits > 8) {
      return null;
    }
    if (WORD % bits != 0 && k > WORD / bits && Layout.up(k, WORD / bits) == words.shape().dim(1)) {
      return null; // An older version's, which leave the rest of each word empty; or like these.
    }
    Matrices.requireWords(words.shape().dim(1), WORD, k, bits);
    boolean one = scales.shape().elements() == 1;
    long groups = one ? 1 : scales.shape().elements() / n;
    TensorEntry index = parts.after("_g_idx");
    Codes codes = new Codes(words, Layout.along(bits, 4 * words.shape().dim(1)), n, k);
    TensorEntry points = parts.after("_zero_point");
    Formula formula =
        new Formula(
            codes,
            Tables.integers(bits, points == null ? 1 << bits - 1 : 0),
            Operation.SCALE,
            new Numbers.Plain(scales, scales.dtype()),
            null,
            one ? 1 : n,
            groups,
            one ? n : 1,
            groups == 1 ? k : index == null ? group(parts, k, groups) : 1,
            null,
            index == null ? null : new Index.Stored(indices(index, k)),
            1);
    if (points != null && one) {
      return null;
    } else if (points != null) {
      Codes down = new Codes(points, Layout.down(bits, 4 * groups), n, groups);
      formula = formula.with(Operation.MINUS_SCALE, Formula.plain(down, Tables.integers(bits, 0)));
    }
    return parts.unpacked(Shape.of(n, k), formula);
  }

  /** MLX: words […, N, K·b/32], scales and biases […, N, G]. */
  static @Nullable Unpacked mlx(Parts parts) {
    TensorEntry words = parts.get(0);
    TensorEntry scales = parts.get(1);
    TensorEntry biases = parts.get(2);
    int bits = parts.said().bits();
    long group = parts.group();
    if (bits < 1 || bits > 8 || group == 0 || !scales.shape().equals(biases.shape())) {
      return null;
    }
    Shape shape = words.shape();
    long k = Math.multiplyExact(Matrices.columns(scales.shape()), group);
    Matrices.requireWords(Matrices.columns(shape), WORD, k, bits);
    Codes codes = new Codes(words, Layout.along(bits, 4 * shape.dim(-1)), Matrices.rows(shape), k);
    Formula formula =
        Formula.scaled(
                codes,
                Tables.integers(bits, 0),
                Operation.SCALE_PLUS,
                new Numbers.Plain(scales, scales.dtype()),
                1,
                group)
            .with(Operation.SCALE_PLUS, new Numbers.Plain(biases, biases.dtype()));
    return parts.unpacked(Matrices.with(shape, k), formula);
  }

  /** Bits of numbers of which so many take so many words, or 0 if several would. */
  private static int bits(long words, long count) {
    int found = 0;
    for (int bits = 1; bits <= 8; bits++) {
      if (Layout.up(Math.multiplyExact(count, (long) bits), WORD) == words) {
        found = found == 0 ? bits : 9;
      }
    }
    return found == 9 ? 0 : found;
  }

  private static boolean isOf(int bits, int... some) {
    for (int one : some) {
      if (bits == one) {
        return true;
      }
    }
    return false;
  }

  private static TensorEntry indices(TensorEntry index, long k) {
    if (index.dtype() != DType.I32 || index.shape().elements() != k || !index.contiguous()) {
      throw new IllegalArgumentException(
          "%s of shape %s names no group for each of %d columns"
              .formatted(index.name(), index.shape(), k));
    }
    return index;
  }

  /** Numbers that share a scale, of which the last group may have fewer. */
  private static long group(Parts parts, long k, long groups) {
    long group = parts.group();
    if (group == 0 || Layout.up(k, group) != groups) {
      throw new IllegalArgumentException(
          "%d columns in %d groups, and the config says that a group has %s"
              .formatted(k, groups, group == 0 ? "no size" : group));
    }
    return group;
  }
}
