package dev.tenon.quantised;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.quantised.formula.Codes;
import dev.tenon.quantised.formula.Formula;
import dev.tenon.quantised.formula.Layout;
import dev.tenon.quantised.formula.Numbers;
import dev.tenon.quantised.formula.Operation;
import dev.tenon.quantised.formula.Tables;
import dev.tenon.quantised.formula.Unpacked;
import dev.tenon.skeleton.Config;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Schemes that say their sizes in tensors of their own, or go by books and fields. */
final class Others {
  private static final int LARGEST_GROUP = 1 << 20;
  private static final List<String> HQQ_FLAGS =
      List.of("view_as_float", "quant_scale", "quant_zero");
  private static final List<String> HQQ_REST =
      List.of(
          "packing",
          "unpack_view_dtype",
          "compute_dtype",
          "offload_meta",
          "encoded_state_dict",
          "stores_quant_config",
          "channel_wise",
          "optimize",
          "round_zero");

  private Others() {}

  /** bitsandbytes: state, absmax, the table and the numbers; flat, the upper half first. */
  static @Nullable Unpacked bitsandbytes(Parts parts) {
    TensorEntry absmax = parts.get(1);
    TensorEntry map = parts.get(2);
    TensorEntry numbers = parts.get(3);
    Config state = Config.parse(parts.get(0).name(), parts.small().text(parts.get(0)));
    if (!state.isIntegers("shape") || !state.isInteger("blocksize")) {
      throw new IllegalArgumentException(parts.get(0).name() + " says no shape and block size");
    }
    long elements = 1;
    long[] shape = new long[state.integers("shape").size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = state.integers("shape").get(i);
      elements = Math.multiplyExact(elements, shape[i]);
    }
    int block = size(state.integer("blocksize"));
    Codes codes =
        new Codes(numbers, Layout.along(4, numbers.bytes(), Layout.Order.HIGH_FIRST), 1, elements);
    if (numbers.bytes() != Layout.up(elements, 2)) {
      throw new IllegalArgumentException(
          "%s has %d bytes for a shape of %s"
              .formatted(numbers.name(), numbers.bytes(), Shape.of(shape)));
    }
    Numbers scales =
        absmax.dtype() == DType.U8
            ? nested(parts, absmax, state)
            : new Numbers.Plain(absmax, absmax.dtype());
    Formula formula =
        Formula.scaled(
            codes, new Numbers.Plain(map, map.dtype()), Operation.SCALE, scales, 1, block);
    return parts.unpacked(Shape.of(shape), formula);
  }

  private static Numbers nested(Parts parts, TensorEntry absmax, Config state) {
    TensorEntry scales = parts.after(".nested_absmax");
    TensorEntry map = parts.after(".nested_quant_map");
    if (scales == null || map == null || !state.isInteger("nested_blocksize")) {
      throw new IllegalArgumentException("absmax is of bytes, and nothing says what they mean");
    }
    long count = absmax.shape().elements();
    return Formula.scaled(
            new Codes(absmax, Layout.along(8, count), 1, count),
            new Numbers.Plain(map, map.dtype()),
            Operation.SCALE_PLUS,
            new Numbers.Plain(scales, scales.dtype()),
            1,
            size(state.integer("nested_blocksize")))
        .with(Operation.SCALE_PLUS, new Numbers.Fixed((float) state.number("nested_offset")));
  }

  private static int size(int said) {
    if (said < 1 || said > LARGEST_GROUP) {
      throw new IllegalArgumentException("a group of " + said + " numbers");
    }
    return said;
  }

  /** HQQ: fields of units, the first in the highest bits; groups are rows, or columns. */
  static @Nullable Unpacked hqq(Parts parts) {
    TensorEntry words = parts.get(0);
    SmallTensors small = parts.small();
    for (String name : HQQ_FLAGS) {
      TensorEntry flag = parts.beside(name);
      if (flag != null && small.integer(flag) != 0) {
        return null;
      }
    }
    for (String name : HQQ_REST) {
      parts.beside(name);
    }
    long bits = small.integer(parts.required("nbits"));
    long group =
        size((int) Math.min(Integer.MAX_VALUE, small.integer(parts.required("group_size"))));
    long axis = small.integer(parts.required("axis"));
    Shape shape = Shape.of(small.integers(parts.required("shape")));
    int unit = words.dtype() == DType.U8 ? 1 : words.dtype() == DType.I32 ? 4 : 0;
    boolean known =
        bits == 1 || bits == 2 || bits == 4 || bits == 8 ? unit == 1 : bits == 3 && unit == 4;
    if (!known || words.shape().rank() != 2 || axis != 0 && axis != 1) {
      return null;
    }
    int fields = 8 * unit / (int) bits;
    long elements = shape.elements();
    long rows = axis == 1 ? elements / group : group;
    long columns = axis == 1 ? group : elements / group;
    long stored = words.shape().dim(0);
    if (elements % group != 0
        || words.shape().dim(1) != columns
        || stored != Layout.up(rows, fields)) {
      throw new IllegalArgumentException(
          "%s of shape %s does not hold %s in groups of %d"
              .formatted(words.name(), words.shape(), shape, group));
    }
    int first = (int) bits * (fields - 1);
    Layout layout = Layout.fields((int) bits, columns * unit, unit, stored, first, -(int) bits);
    TensorEntry scale = parts.get(1);
    TensorEntry zero = parts.get(2);
    Formula formula =
        Formula.scaled(
                new Codes(words, layout, rows, columns),
                Tables.integers((int) bits, 0),
                Operation.MINUS_SCALE,
                new Numbers.Plain(scale, scale.dtype()),
                axis == 1 ? 1 : rows,
                axis == 1 ? columns : 1)
            .with(Operation.MINUS_SCALE, new Numbers.Plain(zero, zero.dtype()));
    return parts.unpacked(shape, formula);
  }

  /**
   * BitNet: byte r has rows r, N/4 + r, and so on, from the lowest bits; each one more. Of its two
   * kinds of layers one multiplies by its scale, the other, which is meant if none is named,
   * divides.
   */
  static @Nullable Unpacked bitnet(Parts parts) {
    TensorEntry bytes = parts.get(0);
    String kind = parts.said().format();
    boolean multiplies = kind.equals("autobitlinear");
    boolean known = multiplies || kind.isEmpty() || kind.equals("bitlinear");
    if (bytes.shape().rank() != 2 || !known || !parts.said().method().equals("bitnet")) {
      return null;
    }
    long k = Matrices.columns(bytes.shape());
    long stored = Matrices.rows(bytes.shape());
    long n = Math.multiplyExact(stored, 4L);
    Codes codes = new Codes(bytes, Layout.fields(2, k, 1, stored, 0, 2), n, k);
    TensorEntry scale = parts.get(1);
    Formula formula =
        Formula.scaled(
            codes,
            Tables.integers(2, 1),
            multiplies ? Operation.SCALE : Operation.DIVIDE,
            new Numbers.Plain(scale, scale.dtype()),
            n,
            k);
    return parts.unpacked(Shape.of(n, k), formula);
  }

  /** AQLM: codes [N, K/g, C], books [C, 2^b, 1, g], scales [N, 1, 1, 1]. */
  static @Nullable Unpacked aqlm(Parts parts) {
    TensorEntry codes = parts.get(0);
    Shape books = parts.get(1).shape();
    TensorEntry scales = parts.get(2);
    int bits = 63 - Long.numberOfLeadingZeros(Math.max(1, books.dim(1)));
    int unit = codes.dtype().bits() / 8;
    boolean fits = books.dim(1) == 1L << bits && bits >= 1 && bits <= 8 * unit && unit <= 2;
    if (!fits
        || books.dim(2) != 1
        || books.dim(3) < 1
        || books.dim(3) > LARGEST_GROUP
        || books.dim(0) > LARGEST_GROUP) {
      return null;
    }
    int count = (int) books.dim(0);
    int vector = (int) books.dim(3);
    long n = codes.shape().dim(0);
    long k = Math.multiplyExact(codes.shape().dim(1), (long) vector);
    Layout layout = Layout.books(bits, codes.shape().dim(1) * count * unit, unit, count, vector);
    Formula formula =
        Formula.scaled(
            new Codes(codes, layout, n, k),
            new Numbers.Plain(parts.get(1), parts.get(1).dtype()),
            Operation.SCALE,
            new Numbers.Plain(scales, scales.dtype()),
            1,
            k);
    return parts.unpacked(Shape.of(n, k), formula);
  }
}
