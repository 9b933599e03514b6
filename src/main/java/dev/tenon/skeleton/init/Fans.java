package dev.tenon.skeleton.init;

import dev.tenon.TenonException;
import dev.tenon.tensor.Shape;

/**
 * Fan-in and fan-out of a weight, as {@code torch.nn.init} counts them: dimension 1 and dimension
 * 0, each times the receptive field (all later dimensions).
 */
public final class Fans {
  /**
   * Standard deviation of a unit normal truncated to ±2, the correction LeCun's rule divides by.
   */
  static final double TRUNCATED_STD = 0.87962566103423978;

  private Fans() {}

  /** Which of the two a rule keeps the variance for. */
  public enum Mode {
    /** Keep the variance of the forward pass. */
    FAN_IN,
    /** Keep the variance of the backward pass. */
    FAN_OUT;

    long of(Shape shape) {
      return this == FAN_IN ? in(shape) : out(shape);
    }
  }

  /**
   * Inputs that reach one output.
   *
   * @throws TenonException if the shape has fewer than two dimensions
   */
  public static long in(Shape shape) {
    return check(shape).dim(1) * field(shape);
  }

  /**
   * Outputs one input reaches.
   *
   * @throws TenonException if the shape has fewer than two dimensions
   */
  public static long out(Shape shape) {
    return check(shape).dim(0) * field(shape);
  }

  private static Shape check(Shape shape) {
    if (shape.rank() < 2) {
      throw new TenonException("Fans need at least two dimensions: shape=" + shape);
    }
    return shape;
  }

  private static long field(Shape shape) {
    long field = 1;
    for (int i = 2; i < shape.rank(); i++) {
      field *= shape.dim(i);
    }
    return field;
  }
}
