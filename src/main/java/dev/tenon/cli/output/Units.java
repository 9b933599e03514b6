package dev.tenon.cli.output;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes and counts as people read them. */
public final class Units {
  private static final String[] BYTES = {"B", "kB", "MB", "GB", "TB"};
  private static final String SIZE = "(\\d{1,15}(?:\\.\\d{1,15})?) ?([KMGT]?B|)";

  private Units() {}

  /** Bytes in powers of ten: {@code 5.23 GB}. */
  public static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 999.5 && unit < BYTES.length - 1) {
      value /= 1000;
      unit++;
    }
    return unit == 0 ? bytes + " B" : fixed(value, digits(value)) + " " + BYTES[unit];
  }

  /** Bytes from text such as {@code 5GB} or {@code 1.5 MB}, or a plain number; 0 if it is none. */
  public static long parseBytes(String text) {
    Matcher size = Pattern.compile(SIZE).matcher(text.strip().toUpperCase(Locale.ROOT));
    if (!size.matches()) {
      return 0;
    }
    int unit = size.group(2).isEmpty() ? 0 : "BKMGT".indexOf(size.group(2).charAt(0));
    BigDecimal bytes = new BigDecimal(size.group(1)).scaleByPowerOfTen(3 * unit);
    return bytes.min(BigDecimal.valueOf(Long.MAX_VALUE)).longValue();
  }

  /** Bytes a second. */
  public static String rate(long bytes, double millis) {
    return bytes((long) (bytes / Math.max(millis, 0.001) * 1000)) + "/s";
  }

  /** A duration: {@code 0.4 ms}, {@code 12 ms}, {@code 3.4 s}. */
  public static String millis(double millis) {
    return millis < 9.95
        ? fixed(millis, 1) + " ms"
        : millis < 999.5 ? fixed(millis, 0) + " ms" : fixed(millis / 1000, 2) + " s";
  }

  /** A duration one waits for: {@code 8 s}, {@code 3 min 20 s}, {@code 1 h 5 min}. */
  static String seconds(long seconds) {
    if (seconds < 60) {
      return seconds + " s";
    } else if (seconds < 3600) {
      return seconds / 60 + " min " + seconds % 60 + " s";
    }
    return seconds / 3600 + " h " + seconds / 60 % 60 + " min";
  }

  /** A count with its thousands apart. */
  public static String count(long count) {
    StringBuilder digits = new StringBuilder().append(count);
    int first = count < 0 ? 1 : 0;
    for (int i = digits.length() - 3; i > first; i -= 3) {
      digits.insert(i, ',');
    }
    return digits.toString();
  }

  private static int digits(double value) {
    return value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  }

  /** Without a formatter, which reads half a locale before its first number. */
  private static String fixed(double value, int digits) {
    return BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP).toPlainString();
  }
}
