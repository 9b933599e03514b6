package dev.tenon.skeleton.init;

import dev.tenon.tensor.Shape;

/**
 * How a slot that no file holds gets its values. Rules are data: the plan prints them, the engine
 * runs them. Names and meanings are those of {@code torch.nn.init}.
 */
public sealed interface InitRule {

  /** Uniform over {@code [low, high)}. */
  record Uniform(double low, double high) implements InitRule {}

  /** Normal with this mean and standard deviation. */
  record Normal(double mean, double std) implements InitRule {}

  /** Normal, confined to {@code [low, high]}: bounds are absolute values, not multiples of std. */
  record TruncatedNormal(double mean, double std, double low, double high) implements InitRule {}

  /** Every element the same. */
  record Constant(double value) implements InitRule {}

  /** Ones on the diagonal of a matrix, zeros elsewhere. */
  record Eye() implements InitRule {}

  /** The identity of a convolution, for each of {@code groups} groups of channels. */
  record Dirac(int groups) implements InitRule {}

  /** A (semi-)orthogonal matrix by QR of a float32 Gaussian; dimensions after the first are one. */
  record Orthogonal(double gain) implements InitRule {}

  /** Normal(0, std) with a fraction of each column set to zero. */
  record Sparse(double sparsity, double std) implements InitRule {}

  /** Glorot and Bengio 2010, uniform: bound {@code gain·√(6/(fanIn+fanOut))}. */
  record XavierUniform(double gain) implements InitRule {}

  /** Glorot and Bengio 2010, normal: std {@code gain·√(2/(fanIn+fanOut))}. */
  record XavierNormal(double gain) implements InitRule {}

  /** He et al. 2015, uniform: bound {@code √3·gain/√fan}. */
  record KaimingUniform(double gain, Fans.Mode mode) implements InitRule {}

  /** He et al. 2015, normal: std {@code gain/√fan}. */
  record KaimingNormal(double gain, Fans.Mode mode) implements InitRule {}

  /** LeCun et al. 1998: truncated normal whose variance is {@code 1/fanIn} after truncation. */
  record LecunNormal() implements InitRule {}

  /** The values of a tensor computed from the config, converted to the slot's dtype. */
  record Computed(Value value) implements InitRule {}

  /**
   * A value computed from a draw, element by element: the draw has the slot's shape, in float32,
   * and {@link Value.Input} stands for it. Mamba's time steps are such values.
   */
  record Drawn(InitRule draw, Value value) implements InitRule {}

  /**
   * Another rule on a part of the slot: {@code length} indices from {@code start} of dimension
   * {@code dim}. The rest keeps what an earlier rule wrote.
   */
  record Part(int dim, long start, long length, InitRule rule) implements InitRule {}

  /** What a slot gets is not known: it must be loaded, or written by a user's initialiser. */
  record Unknown() implements InitRule {}

  /** The only one. */
  InitRule UNKNOWN = new Unknown();

  /** All zeros. */
  InitRule ZEROS = new Constant(0);

  /** All ones. */
  InitRule ONES = new Constant(1);

  /**
   * The primitive this rule comes down to for a tensor of this shape: fan-based rules become {@link
   * Uniform}, {@link Normal} or {@link TruncatedNormal}, all others stay as they are.
   */
  default InitRule primitive(Shape shape) {
    if (this instanceof XavierUniform rule) {
      double std = rule.gain * Math.sqrt(2.0 / (double) (Fans.in(shape) + Fans.out(shape)));
      double bound = Math.sqrt(3.0) * std;
      return new Uniform(-bound, bound);
    } else if (this instanceof XavierNormal rule) {
      return new Normal(
          0, rule.gain * Math.sqrt(2.0 / (double) (Fans.in(shape) + Fans.out(shape))));
    } else if (this instanceof KaimingUniform rule) {
      double std = rule.gain / Math.sqrt(rule.mode.of(shape));
      double bound = Math.sqrt(3.0) * std;
      return new Uniform(-bound, bound);
    } else if (this instanceof KaimingNormal rule) {
      return new Normal(0, rule.gain / Math.sqrt(rule.mode.of(shape)));
    } else if (this instanceof LecunNormal) {
      double std = Math.sqrt(1.0 / Fans.in(shape)) / Fans.TRUNCATED_STD;
      return new TruncatedNormal(0, std, -2, 2);
    }
    return this;
  }

  /** Whether it draws with numbers: one that a config leaves null is NaN. */
  default boolean known() {
    if (this instanceof Part part) {
      return part.rule.known();
    } else if (this instanceof Drawn drawn) {
      return drawn.draw.known();
    } else if (this instanceof Normal rule) {
      return !Double.isNaN(rule.mean + rule.std);
    } else if (this instanceof TruncatedNormal rule) {
      return !Double.isNaN(rule.mean + rule.std);
    }
    return !(this instanceof Uniform rule) || !Double.isNaN(rule.low + rule.high);
  }

  /** Whether the rule draws random numbers. */
  default boolean random() {
    if (this instanceof Part part) {
      return part.rule.random();
    }
    return !(this instanceof Constant
        || this instanceof Eye
        || this instanceof Dirac
        || this instanceof Unknown
        || this instanceof Computed);
  }
}
