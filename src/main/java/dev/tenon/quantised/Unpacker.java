package dev.tenon.quantised;

import dev.tenon.quantised.formula.Unpacked;
import org.jspecify.annotations.Nullable;

/** How a scheme's weights are unpacked. */
@FunctionalInterface
interface Unpacker {
  /** A scheme that is refused by name. */
  Unpacker NONE = parts -> null;

  /**
   * What a weight means, or null if that is not known: then it is refused by name.
   *
   * @throws IllegalArgumentException if its tensors do not fit together, or say what cannot be
   * @throws ArithmeticException if their sizes cannot be counted
   */
  @Nullable Unpacked unpack(Parts parts);
}
