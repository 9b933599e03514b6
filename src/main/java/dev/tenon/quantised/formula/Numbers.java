package dev.tenon.quantised.formula;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.tensor.DType;

/** Some float32: scales, zeros, a table of what codes stand for. */
public sealed interface Numbers permits Numbers.Plain, Numbers.Fixed, Numbers.Float8, Formula {
  /** How many there are. */
  long count();

  /**
   * A tensor's elements.
   *
   * @param entry where they are
   * @param dtype what they are read as, a float of 8 bits or more: bytes may be exponents
   */
  record Plain(TensorEntry entry, DType dtype) implements Numbers {
    /**
     * Checks that they can be read.
     *
     * @throws IllegalArgumentException if they cannot
     */
    public Plain {
      if (!dtype.isFloatingPoint() || dtype.bits() != entry.dtype().bits() || !entry.contiguous()) {
        throw new IllegalArgumentException(
            entry.name() + " is of " + entry.dtype() + ", which is no number here");
      }
    }

    @Override
    public long count() {
      return entry.shape().elements();
    }
  }

  /**
   * Numbers known beforehand.
   *
   * @param values not to be changed
   */
  record Fixed(float... values) implements Numbers {
    @Override
    public long count() {
      return values.length;
    }
  }

  /**
   * What each code of an 8-bit float stands for.
   *
   * @param dtype such as {@link DType#F8_E4M3}
   */
  record Float8(DType dtype) implements Numbers {
    @Override
    public long count() {
      return 256;
    }
  }
}
