package dev.tenon.cli;

import java.util.Locale;

/** Sizes and counts as people read them. */
final class Units {
  private static final String[] BYTES = {"B", "kB", "MB", "GB", "TB"};

  private Units() {}

  /** Bytes in powers of ten: {@code 5.23 GB}. */
  static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 999.5 && unit < BYTES.length - 1) {
      value /= 1000;
      unit++;
    }
    return unit == 0
        ? bytes + " B"
        : String.format(Locale.ROOT, digits(value), value) + " " + BYTES[unit];
  }

  /** Bytes a second. */
  static String rate(long bytes, double millis) {
    return bytes((long) (bytes / Math.max(millis, 0.001) * 1000)) + "/s";
  }

  /** A duration: {@code 0.4 ms}, {@code 12 ms}, {@code 3.4 s}. */
  static String millis(double millis) {
    return millis < 9.95
        ? String.format(Locale.ROOT, "%.1f ms", millis)
        : millis < 999.5
            ? String.format(Locale.ROOT, "%.0f ms", millis)
            : String.format(Locale.ROOT, "%.2f s", millis / 1000);
  }

  /** A count with its thousands apart. */
  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  private static String digits(double value) {
    return value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f";
  }
}
