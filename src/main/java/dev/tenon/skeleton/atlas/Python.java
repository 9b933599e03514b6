package dev.tenon.skeleton.atlas;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Python's meaning of operators, which differs from Java's where numbers are negative or of two
 * kinds. Values are {@link Long}, {@link Double}, {@link Boolean}, {@link String}, {@link List},
 * {@link Map} and null, which is {@code None}.
 */
final class Python {
  private Python() {}

  static boolean truth(@Nullable Object value) {
    if (value == null) {
      return false;
    } else if (value instanceof Boolean flag) {
      return flag;
    } else if (value instanceof Number number) {
      return number.doubleValue() != 0;
    } else if (value instanceof String text) {
      return !text.isEmpty();
    } else if (value instanceof List<?> list) {
      return !list.isEmpty();
    }
    return !(value instanceof Map<?, ?> map) || !map.isEmpty();
  }

  /** Equality, in which 1, 1.0 and True are one. */
  static boolean same(@Nullable Object a, @Nullable Object b) {
    if (isNumber(a) && isNumber(b)) {
      return isWhole(a) && isWhole(b) ? whole(a) == whole(b) : number(a) == number(b);
    } else if (a instanceof List<?> left && b instanceof List<?> right) {
      boolean same = left.size() == right.size();
      for (int i = 0; same && i < left.size(); i++) {
        same = same(left.get(i), right.get(i));
      }
      return same;
    }
    return Objects.equals(a, b);
  }

  static boolean less(@Nullable Object a, @Nullable Object b) {
    if (a instanceof String left && b instanceof String right) {
      return left.compareTo(right) < 0;
    }
    return isWhole(a) && isWhole(b) ? whole(a) < whole(b) : number(a) < number(b);
  }

  static boolean contains(@Nullable Object container, @Nullable Object item) {
    if (container instanceof String text && item instanceof String part) {
      return text.contains(part);
    } else if (container instanceof Map<?, ?> map) {
      return map.containsKey(String.valueOf(item));
    }
    for (Object element : list(container)) {
      if (same(element, item)) {
        return true;
      }
    }
    return false;
  }

  static Object binary(String operator, @Nullable Object a, @Nullable Object b) {
    if (!operator.equals("/") && isWhole(a) && isWhole(b)) {
      return whole(operator, whole(a), whole(b));
    }
    double x = number(a);
    double y = number(b);
    return switch (operator) {
      case "+" -> x + y;
      case "-" -> x - y;
      case "*" -> x * y;
      case "**" -> Math.pow(x, y);
      case "/" -> x / nonzero(y);
      case "//" -> Math.floor(x / nonzero(y));
      default -> x - Math.floor(x / nonzero(y)) * y;
    };
  }

  private static Object whole(String operator, long x, long y) {
    return switch (operator) {
      case "+" -> Math.addExact(x, y);
      case "-" -> Math.subtractExact(x, y);
      case "*" -> Math.multiplyExact(x, y);
      case "//" -> Math.floorDiv(x, y);
      case "%" -> Math.floorMod(x, y);
      default -> power(x, y);
    };
  }

  private static Object power(long base, long exponent) {
    if (exponent < 0) {
      return Math.pow(base, exponent);
    } else if (exponent > Long.SIZE) {
      throw new ArithmeticException("power");
    }
    long result = 1;
    for (long i = 0; i < exponent; i++) {
      result = Math.multiplyExact(result, base);
    }
    return result;
  }

  private static double nonzero(double divisor) {
    if (divisor == 0) {
      throw new ArithmeticException("division by zero");
    }
    return divisor;
  }

  static boolean isNumber(@Nullable Object value) {
    return value instanceof Number || value instanceof Boolean;
  }

  static boolean isWhole(@Nullable Object value) {
    return value instanceof Long || value instanceof Boolean;
  }

  /** A number cut to a whole one, as {@code int} does. */
  static long whole(@Nullable Object value) {
    if (value instanceof Boolean flag) {
      return flag ? 1 : 0;
    } else if (value instanceof Double number) {
      double cut = number < 0 ? Math.ceil(number) : Math.floor(number);
      if (!(Math.abs(cut) < 1L << 62)) {
        throw new ArithmeticException("not a whole number");
      }
      return (long) cut;
    } else if (value instanceof Long number) {
      return number;
    }
    throw new IllegalArgumentException("a number is needed, not " + value);
  }

  static double number(@Nullable Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    return whole(value);
  }

  static List<?> list(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw new IllegalArgumentException("a list is needed, not " + value);
  }
}
