package dev.tenon.nativecore;

import java.math.BigDecimal;

/** The half types by their definition, slowly: what the kernels are checked against. */
public final class Halves {
  private Halves() {}

  public static float fromBfloat16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  public static float fromFloat16(short bits) {
    int exponent = bits >> 10 & 31;
    int mantissa = bits & 1023;
    float sign = bits < 0 ? -1 : 1;
    if (exponent == 31) {
      return mantissa == 0 ? sign * Float.POSITIVE_INFINITY : Float.NaN;
    }
    return exponent == 0
        ? sign * Math.scalb((float) mantissa, -24)
        : sign * Math.scalb((float) (1024 + mantissa), exponent - 25);
  }

  public static short toBfloat16(float x) {
    return nearest(x, 0x7f80, Halves::fromBfloat16, Math.scalb(1.0, 128));
  }

  public static short toFloat16(float x) {
    return nearest(x, 0x7c00, Halves::fromFloat16, 65536);
  }

  private interface Decode {
    float of(short bits);
  }

  /**
   * Bisects the magnitudes below infinity, whose codes are in order, for the two neighbours of x.
   */
  private static short nearest(float x, int infinity, Decode decode, double beyond) {
    int sign = Float.floatToRawIntBits(x) >>> 31 << 15;
    double magnitude = Math.abs((double) x);
    int low = 0;
    int high = infinity;
    while (high - low > 1) {
      int middle = (low + high) / 2;
      if (decode.of((short) middle) <= magnitude) {
        low = middle;
      } else {
        high = middle;
      }
    }
    double above = high == infinity ? beyond : decode.of((short) high);
    if (magnitude >= beyond) {
      return (short) (sign | infinity);
    }
    BigDecimal twice = new BigDecimal(magnitude).multiply(BigDecimal.valueOf(2));
    BigDecimal middle = new BigDecimal(decode.of((short) low)).add(new BigDecimal(above));
    int order = twice.compareTo(middle);
    boolean up = order > 0 || order == 0 && (low & 1) == 1;
    return (short) (sign | (up ? high : low));
  }
}
