package dev.tenon.skeleton.build;

import dev.tenon.TenonException;
import java.util.Arrays;

/** Sizes a family computes from those of its config, none of which may pass 2^31 − 1 unseen. */
public final class Sizes {
  private Sizes() {}

  /**
   * The product of sizes.
   *
   * @throws TenonException if it passes 2^31 − 1
   */
  public static int product(int... sizes) {
    int product = 1;
    try {
      for (int size : sizes) {
        product = Math.multiplyExact(product, size);
      }
    } catch (ArithmeticException e) {
      throw new TenonException(
          "The config's sizes are too large: product of=%s, allowed=%d"
              .formatted(Arrays.toString(sizes), Integer.MAX_VALUE));
    }
    return product;
  }

  /**
   * A count of layers or the like, for what lists them itself.
   *
   * @throws TenonException if no model has as many
   */
  public static int few(int count) {
    new Tally().require(count);
    return count;
  }

  /**
   * A number without its fraction, as Python's {@code int} leaves it.
   *
   * @throws TenonException if it passes 2^31 − 1 or is no number
   */
  public static int whole(double number) {
    if (!(Math.abs(number) <= Integer.MAX_VALUE)) {
      throw new TenonException(
          "The config's sizes are too large: size=%s, allowed=%d"
              .formatted(number, Integer.MAX_VALUE));
    }
    return (int) number;
  }
}
