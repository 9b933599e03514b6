package dev.tenon.nativecore;

import dev.tenon.TenonException;

/**
 * What a fill draws from. Samples are computed in float32 and rounded to the output's type, to
 * nearest, ties to even; float64 elements hold the float32 sample.
 */
public sealed interface Distribution {

  /**
   * Every element the same; float64 elements hold all of it.
   *
   * @param value any, NaN and infinities too
   */
  record Constant(double value) implements Distribution {}

  /**
   * Uniform over {@code [low, high)}, in steps of 2⁻²⁴ of the range; no element is {@code high},
   * whatever its type. If both are equal, so are all elements.
   */
  record Uniform(double low, double high) implements Distribution {
    /**
     * Checks the bounds.
     *
     * @throws TenonException if one is not finite in float32, or {@code low > high}
     */
    public Uniform {
      if (!finite(low) || !finite(high) || !finite(high - low) || low > high) {
        throw new TenonException(
            "No uniform distribution has these bounds: low=%s, high=%s".formatted(low, high));
      }
    }
  }

  /** Normal with this mean and standard deviation. */
  record Normal(double mean, double std) implements Distribution {
    /**
     * Checks the parameters.
     *
     * @throws TenonException if one is not finite in float32, or {@code std} is negative
     */
    public Normal {
      if (!finite(mean) || !finite(std) || std < 0) {
        throw new TenonException(
            "No normal distribution has these parameters: mean=%s, std=%s".formatted(mean, std));
      }
    }
  }

  /**
   * Normal, given that it lies in {@code [low, high]}: bounds are values, not multiples of std, and
   * may be infinite or anywhere. No element is outside, whatever its type, save where the type has
   * no value between the bounds.
   */
  record TruncatedNormal(double mean, double std, double low, double high) implements Distribution {
    /**
     * Checks the parameters.
     *
     * @throws TenonException if mean or std is not finite in float32, {@code std} is negative, or
     *     the bounds hold no number between them
     */
    public TruncatedNormal {
      boolean bounds =
          low <= high && low < Double.POSITIVE_INFINITY && high > Double.NEGATIVE_INFINITY;
      if (!finite(mean) || !finite(std) || std < 0 || !bounds) {
        throw new TenonException(
            "No truncated normal distribution has these parameters: mean=%s, std=%s, low=%s, high=%s"
                .formatted(mean, std, low, high));
      }
    }
  }

  private static boolean finite(double x) {
    return Float.isFinite((float) x);
  }
}
