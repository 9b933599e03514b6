package dev.tenon.plan.box;

import dev.tenon.tensor.Shape;

/**
 * A rectangular part of a tensor.
 *
 * @param start first index along each dimension
 * @param size how many indices along each dimension
 */
public record Box(Shape start, Shape size) {

  /** The whole of a tensor. */
  public static Box whole(Shape shape) {
    return new Box(Shape.of(new long[shape.rank()]), shape);
  }
}
