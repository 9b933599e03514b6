package dev.tenon.quantised.pack;

/**
 * OCP's 8-bit float with 4 bits of exponent, 3 of mantissa, no infinity. Source: {@code
 * fp8e4m3fn_from_fp32_value} of PyTorch's {@code c10/util/Float8_e4m3fn.h}.
 */
final class E4m3 {
  /** The largest number. */
  static final float MAX = 448;

  /** Where the smallest normal number begins, 2^-6. */
  private static final int NORMAL = 121 << 23;

  /** Adding it to a smaller one rounds that to a multiple of 2^-9, which its last bits then are. */
  private static final int SUBNORMALS = 141 << 23;

  private E4m3() {}

  /** The nearest one, half to even, of a number that is no larger than {@link #MAX}. */
  static byte of(float value) {
    int all = Float.floatToRawIntBits(value);
    int bits = all & 0x7fffffff;
    int code;
    if (bits < NORMAL) {
      float shifted = Float.intBitsToFloat(bits) + Float.intBitsToFloat(SUBNORMALS);
      code = Float.floatToRawIntBits(shifted) - SUBNORMALS;
    } else {
      int odd = bits >>> 20 & 1;
      code = bits + ((7 - 127) << 23) + 0x7ffff + odd >>> 20;
    }
    return (byte) (code | all >>> 24 & 0x80);
  }
}
