package dev.tenon.skeleton.atlas;

import dev.tenon.skeleton.init.Value;
import dev.tenon.skeleton.json.SkeletonNode;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Positions as sines of growing wavelengths, one position a row, then as many cosines: "Attention
 * Is All You Need", section 3.5, in the orders of operations that are in use.
 *
 * @param padding the row that is zero; null, or without a value, if there is none
 */
record AtlasWaves(Kind kind, @Nullable Expression padding) implements AtlasValue {
  private static final double LONGEST = 10000;

  /** How wavelengths are computed. */
  enum Kind {
    /** {@code exp(i * -(log(10000) / (half - 1)))} in float32. */
    EXPONENTIAL,
    /** {@code 1 / 10000 ** (2 * i / wide)} in float32. */
    POWER,
    /** {@code position / 10000 ** (2 * i / wide)} and its sine in double precision. */
    DOUBLE;

    static Kind of(SkeletonNode node) {
      return switch (node.text()) {
        case "exponential" -> EXPONENTIAL;
        case "power" -> POWER;
        case "double" -> DOUBLE;
        default -> throw node.wrong("exponential, power or double");
      };
    }
  }

  @Override
  public @Nullable Value under(Shape shape, DType dtype, Map<String, @Nullable Object> fields) {
    if (shape.rank() != 2 || dtype != DType.F32 || shape.dim(1) < 4) {
      return null;
    }
    int rows = Math.toIntExact(shape.dim(0));
    int wide = Math.toIntExact(shape.dim(1));
    Object empty = padding == null ? null : padding.value(fields);
    if (empty == null) {
      return rows(0, rows, wide);
    }
    int row = Math.toIntExact(Python.whole(empty));
    if (row < 0 || row >= rows) {
      return null;
    }
    return Value.cat(
        0, rows(0, row, wide), Value.zeros(DType.F32, 1, wide), rows(row + 1, rows, wide));
  }

  private Value rows(int from, int to, int wide) {
    if (kind == Kind.DOUBLE) {
      return new Value.Numbers(Shape.of(to - from, wide), DType.F32, () -> exact(from, to, wide));
    }
    int half = wide / 2;
    // Rounded from double precision: the last bit of torch's own exponential is the processor's.
    float step = (float) -(Math.log(LONGEST) / (half - 1));
    Value scale =
        kind == Kind.EXPONENTIAL
            ? Value.vector(half, i -> Math.exp((float) i * step))
            : new Value.Arange(0, wide, 2).to(DType.F32).over(wide).powerOf(LONGEST).reciprocal();
    Value angle =
        new Value.Arange(from, to, 1)
            .to(DType.F32)
            .reshape(to - from, 1)
            .apply(Value.Op.MUL, scale);
    Value sines = angle.apply(Value.Op.SIN);
    Value cosines = angle.apply(Value.Op.COS);
    return kind == Kind.POWER || wide % 2 == 0
        ? Value.cat(1, sines, cosines)
        : Value.cat(1, sines, cosines, Value.zeros(DType.F32, to - from, 1));
  }

  private static double[] exact(int from, int to, int wide) {
    double[] numbers = new double[Math.multiplyExact(to - from, wide)];
    int sines = (wide + 1) / 2;
    for (int row = from; row < to; row++) {
      for (int column = 0; column < wide; column++) {
        boolean sine = column < sines;
        double exponent = 2.0 * (sine ? column : column - sines) / wide;
        double angle = row / Math.pow(LONGEST, exponent);
        numbers[(row - from) * wide + column] = sine ? Math.sin(angle) : Math.cos(angle);
      }
    }
    return numbers;
  }
}
