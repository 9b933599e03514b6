package dev.tenon.checkpoint;

import java.util.Comparator;

/**
 * The order checkpoint keys are worked through: names are compared part by part between their dots,
 * and digits as numbers, so that {@code layers.2.w} comes before {@code layers.10.w} and {@code
 * shard_2} before {@code shard_11}.
 *
 * <p>A part of digits alone comes before any other. Other parts compare by their text without
 * trailing digits, then a part without trailing digits comes first, then by the number those digits
 * make. Text compares by code point. Numbers may be of any length; names equal in all this, such as
 * {@code w.1} and {@code w.01}, compare as plain text, so only equal names are equal. The source of
 * the rule is the reference's {@code dot_natural_key}. Allocates nothing.
 */
public final class NaturalOrder implements Comparator<String> {
  /** The one instance; has no state. */
  public static final NaturalOrder INSTANCE = new NaturalOrder();

  private NaturalOrder() {}

  @Override
  public int compare(String left, String right) {
    int leftStart = 0;
    int rightStart = 0;
    while (leftStart <= left.length() && rightStart <= right.length()) {
      int leftEnd = partEnd(left, leftStart);
      int rightEnd = partEnd(right, rightStart);
      int order = compareParts(left, leftStart, leftEnd, right, rightStart, rightEnd);
      if (order != 0) {
        return order;
      }
      leftStart = leftEnd + 1;
      rightStart = rightEnd + 1;
    }
    if (leftStart <= left.length()) {
      return 1;
    }
    return rightStart <= right.length() ? -1 : left.compareTo(right);
  }

  private static int partEnd(String name, int start) {
    int dot = name.indexOf('.', start);
    return dot < 0 ? name.length() : dot;
  }

  private static int compareParts(String a, int aStart, int aEnd, String b, int bStart, int bEnd) {
    int aDigits = trailingDigits(a, aStart, aEnd);
    int bDigits = trailingDigits(b, bStart, bEnd);
    boolean aNumber = aDigits == aStart && aDigits < aEnd;
    boolean bNumber = bDigits == bStart && bDigits < bEnd;
    if (aNumber != bNumber) {
      return aNumber ? -1 : 1;
    }
    int order = compareText(a, aStart, aDigits, b, bStart, bDigits);
    if (order != 0) {
      return order;
    }
    boolean aHas = aDigits < aEnd;
    boolean bHas = bDigits < bEnd;
    if (!aHas || !bHas) {
      return Boolean.compare(aHas, bHas);
    }
    return compareNumbers(a, aDigits, aEnd, b, bDigits, bEnd);
  }

  private static int trailingDigits(String name, int start, int end) {
    int at = end;
    while (at > start && isDigit(name.charAt(at - 1))) {
      at--;
    }
    return at;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static int compareText(String a, int aStart, int aEnd, String b, int bStart, int bEnd) {
    int common = Math.min(aEnd - aStart, bEnd - bStart);
    for (int i = 0; i < common; i++) {
      char x = a.charAt(aStart + i);
      char y = b.charAt(bStart + i);
      if (x != y) {
        // Surrogates stand for code points above every other char's.
        boolean high = Character.isSurrogate(x);
        return high == Character.isSurrogate(y) ? Character.compare(x, y) : high ? 1 : -1;
      }
    }
    return Integer.compare(aEnd - aStart, bEnd - bStart);
  }

  private static int compareNumbers(
      String a, int aStart, int aEnd, String b, int bStart, int bEnd) {
    int aFrom = skipZeros(a, aStart, aEnd);
    int bFrom = skipZeros(b, bStart, bEnd);
    int order = Integer.compare(aEnd - aFrom, bEnd - bFrom);
    return order != 0 ? order : compareText(a, aFrom, aEnd, b, bFrom, bEnd);
  }

  private static int skipZeros(String name, int start, int end) {
    int at = start;
    while (at < end && name.charAt(at) == '0') {
      at++;
    }
    return at;
  }
}
