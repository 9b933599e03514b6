package dev.tenon.skeleton.build;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.init.Value;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.List;

/**
 * Rotary position embeddings (Su et al. 2021): the inverse frequencies {@code 1 / theta^(2i/dim)}
 * and their scaled variants, as {@code modeling_rope_utils} of transformers 5.18 computes them, in
 * float32 and in the same order of operations.
 */
public final class Rope {
  private Rope() {}

  /**
   * A rotary embedding module: {@code inv_freq} and {@code original_inv_freq}, float32 in every
   * load.
   *
   * @param parameters the rotary settings
   * @param headDim the size of one attention head
   * @param defaultDim how many of its dimensions rotate when the type is {@code default}: most
   *     families ignore the partial factor there
   */
  public static Block rotary(RopeParameters parameters, int headDim, int defaultDim) {
    return rotary("", parameters, headDim, defaultDim);
  }

  /** Rotary buffers over the whole head whose names begin with a kind of layer. */
  public static Block rotary(String prefix, RopeParameters parameters, int headDim) {
    return rotary(prefix, parameters, headDim, headDim);
  }

  private static Block rotary(
      String prefix, RopeParameters parameters, int headDim, int defaultDim) {
    Value frequencies = frequencies(parameters, headDim, defaultDim);
    long length = length(parameters, headDim, dim(parameters, headDim, defaultDim));
    return module -> {
      module.fixedBuffer(prefix + "inv_freq", false, DType.F32, frequencies, length);
      module.fixedBuffer(prefix + "original_inv_freq", false, DType.F32, frequencies, length);
    };
  }

  /** A rotary embedding over the whole head. */
  public static Block rotary(RopeParameters parameters, int headDim) {
    return rotary(parameters, headDim, headDim);
  }

  /**
   * The inverse frequencies, a float32 vector.
   *
   * @throws TenonException if the type is none this library knows
   */
  public static Value frequencies(RopeParameters p, int headDim, int defaultDim) {
    int dim = dim(p, headDim, defaultDim);
    return switch (p.type()) {
      case "default" -> plain(p.theta(), dim);
      case "linear" -> plain(p.theta(), dim).over(p.fields().number("factor"));
      case "dynamic" -> plain(dynamicBase(p, dim), dim);
      case "proportional" -> proportional(p, headDim);
      case "yarn" -> yarn(p, dim);
      case "longrope" -> longrope(p, dim);
      case "llama3" -> llama3(p, dim);
      default ->
          throw new TenonException(
              "Unknown rotary type: file=" + p.fields() + ", rope_type=" + p.type());
    };
  }

  private static int length(RopeParameters p, int headDim, int dim) {
    return switch (p.type()) {
      case "proportional" -> headDim / 2;
      // ⌊dim/2⌋ factors scale ⌈dim/2⌉ powers: where only one dimension rotates, none are left.
      case "yarn" -> dim == 1 ? 0 : (dim + 1) / 2;
      // One power is scaled by each of the factors.
      case "longrope" -> dim <= 2 ? p.shortFactors().size() : (dim + 1) / 2;
      default -> (dim + 1) / 2;
    };
  }

  private static int dim(RopeParameters p, int headDim, int defaultDim) {
    return p.type().equals("default") ? defaultDim : Sizes.whole(headDim * p.partial());
  }

  private static Value powers(double base, int end, int dim) {
    return new Value.Arange(0, end, 2).to(DType.F32).over(dim).powerOf(base);
  }

  private static Value plain(double base, int dim) {
    return powers(base, dim, dim).reciprocal();
  }

  private static double dynamicBase(RopeParameters p, int dim) {
    double factor = p.fields().number("factor");
    double stretch = factor * p.maxPositions() / p.maxPositions() - (factor - 1);
    return p.theta() * Math.pow(stretch, dim / (dim - 2.0));
  }

  private static Value proportional(RopeParameters p, int headDim) {
    // The reference floors the product's half: (proportion * head_dim) // 2.
    int angles = Sizes.whole(Math.floor(p.partial() * headDim / 2));
    Value rotated = powers(p.theta(), 2 * angles, headDim).reciprocal();
    int still = headDim / 2 - angles;
    Value all = still > 0 ? Value.cat(0, rotated, Value.zeros(DType.F32, still)) : rotated;
    return all.over(p.fields().number("factor", 1.0));
  }

  private static Value yarn(RopeParameters p, int dim) {
    Config fields = p.fields();
    double fast = fields.number("beta_fast", 0) == 0 ? 32 : fields.number("beta_fast");
    double slow = fields.number("beta_slow", 0) == 0 ? 1 : fields.number("beta_slow");
    double low = correction(fast, p, dim);
    double high = correction(slow, p, dim);
    if (fields.flag("truncate", true)) {
      low = Math.floor(low);
      high = Math.ceil(high);
    }
    low = Math.max(low, 0);
    high = Math.min(high, dim - 1);
    double width = low == high ? high + 0.001 - low : high - low;
    Value ramp =
        Value.arange(dim / 2).to(DType.F32).plus(-low).over(width).apply(Value.Op.CLAMP, 0, 1);
    Value extrapolated = ramp.times(-1).plus(1);
    Value interpolated = extrapolated.times(-1).plus(1);
    Value powers = powers(p.theta(), dim, dim);
    Value slowed = powers.times(p.factor()).reciprocal().apply(Value.Op.MUL, interpolated);
    Value kept = powers.reciprocal().apply(Value.Op.MUL, extrapolated);
    return slowed.apply(Value.Op.ADD, kept);
  }

  private static double correction(double rotations, RopeParameters p, int dim) {
    return dim
        * Math.log(p.originalPositions() / (rotations * 2 * Math.PI))
        / (2 * Math.log(p.theta()));
  }

  private static Value longrope(RopeParameters p, int dim) {
    List<Double> factors = p.shortFactors();
    double[] numbers = factors.stream().mapToDouble(Double::doubleValue).toArray();
    Value scale = new Value.Numbers(Shape.of(numbers.length), DType.F32, () -> numbers);
    return scale.apply(Value.Op.MUL, powers(p.theta(), dim, dim)).reciprocal();
  }

  private static Value llama3(RopeParameters p, int dim) {
    Config fields = p.fields();
    double factor = fields.number("factor");
    double low = fields.number("low_freq_factor");
    double high = fields.number("high_freq_factor");
    double context = p.originalPositions();
    Value plain = plain(p.theta(), dim);
    Value wavelength = plain.reciprocal().times(2 * Math.PI);
    Value isLong = wavelength.apply(Value.Op.GREATER, context / low);
    Value scaled = Value.where(isLong, plain.over(factor), plain);
    Value smooth = wavelength.reciprocal().times(context).plus(-low).over(high - low);
    Value blended =
        smooth
            .times(-1)
            .plus(1)
            .apply(Value.Op.MUL, scaled)
            .over(factor)
            .apply(Value.Op.ADD, smooth.apply(Value.Op.MUL, scaled));
    Value isShort = wavelength.apply(Value.Op.LESS, context / high);
    return Value.where(isShort, scaled, Value.where(isLong, scaled, blended));
  }
}
