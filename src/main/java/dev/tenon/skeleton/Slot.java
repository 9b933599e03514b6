package dev.tenon.skeleton;

import dev.tenon.TenonException;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;

/**
 * A place for one tensor in a model: a parameter or a buffer, under its full name.
 *
 * @param name the dotted path from the model's root, such as {@code model.norm.weight}
 * @param shape its sizes
 * @param dtype its dtype in a float32 model
 * @param role parameter or buffer
 * @param fixedDtype whether {@code dtype} stays whatever dtype a load asks for: integers, and what
 *     the model computes in float32
 * @param trainable whether the parameter asks for a gradient; false for buffers
 */
public record Slot(
    String name, Shape shape, DType dtype, Role role, boolean fixedDtype, boolean trainable) {

  /** What a slot is to its module. */
  public enum Role {
    /** Learned, and stored in checkpoints. */
    PARAMETER,
    /** Not learned, but stored in checkpoints, such as a running mean. */
    BUFFER,
    /** Not learned and never stored: computed anew with every model, such as rotary frequencies. */
    TRANSIENT_BUFFER
  }

  /** More than any memory holds, and few enough for their bits to be counted in a long. */
  public static final long MOST_ELEMENTS = 1L << 56;

  /**
   * Checks that the tensor could be.
   *
   * @throws TenonException if it has more than 2^56 elements
   */
  public Slot {
    if (!shape.holdsAtMost(MOST_ELEMENTS)) {
      throw new TenonException(
          "A tensor is too large for any memory: tensor=%s, shape=%s, allowed=2^56 elements"
              .formatted(name, shape));
    }
  }

  /** Whether this is a parameter. */
  public boolean isParameter() {
    return role == Role.PARAMETER;
  }

  /** Whether checkpoints hold this slot, so that it can be missing from one. */
  public boolean persistent() {
    return role != Role.TRANSIENT_BUFFER;
  }

  /** The dtype this slot has in a model loaded as {@code wanted}. */
  public DType dtypeIn(DType wanted) {
    return fixedDtype || !dtype.isFloatingPoint() ? dtype : wanted;
  }

  /** This slot in another shape. */
  public Slot withShape(Shape other) {
    return new Slot(name, other, dtype, role, fixedDtype, trainable);
  }
}
