package dev.tenon.quantised.formula;

/** What codes stand for that are no 8-bit floats. */
public final class Tables {
  private Tables() {}

  /** Unsigned integers, from which something is taken away. */
  public static Numbers integers(int bits, int less) {
    float[] values = new float[1 << bits];
    for (int code = 0; code < values.length; code++) {
      values[code] = code - less;
    }
    return new Numbers.Fixed(values);
  }

  /** Signed bytes. */
  public static Numbers signedBytes() {
    float[] values = new float[256];
    for (int code = 0; code < values.length; code++) {
      values[code] = (byte) code;
    }
    return new Numbers.Fixed(values);
  }

  /** Unsigned integers stored as one less, within their bits. */
  public static Numbers oneMore(int bits) {
    float[] values = new float[1 << bits];
    for (int code = 0; code < values.length; code++) {
      values[code] = code + 1 & values.length - 1;
    }
    return new Numbers.Fixed(values);
  }

  /** OCP MX E2M1, whose code 8 is a negative zero. */
  public static Numbers e2m1() {
    float[] values = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6, 0, 0, 0, 0, 0, 0, 0, 0};
    for (int code = 0; code < 8; code++) {
      values[8 + code] = -values[code];
    }
    return new Numbers.Fixed(values);
  }
}
