package dev.tenon.skeleton.atlas;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The functions an {@link Expression} may call, as Python has them. */
final class Functions {
  static final Set<String> NAMES =
      Set.of(
          "int", "float", "bool", "len", "sum", "prod", "max", "min", "abs", "round", "ceil",
          "floor", "sqrt", "log", "log2");

  private Functions() {}

  static Object call(String name, List<@Nullable Object> values) {
    if (values.size() > 1) {
      return extreme(name, values);
    }
    Object x = values.get(0);
    return switch (name) {
      case "int" -> x instanceof String text ? (Object) Long.parseLong(text) : Python.whole(x);
      case "float" -> Python.number(x);
      case "bool" -> Python.truth(x);
      case "len" -> (long) length(x);
      case "sum" -> fold("+", 0L, Python.list(x));
      case "prod" -> fold("*", 1L, Python.list(x));
      case "max", "min" -> extreme(name, Python.list(x));
      case "abs" -> Python.less(x, 0L) ? Python.binary("-", 0L, x) : Python.binary("+", x, 0L);
      case "round" -> Python.whole(Math.rint(Python.number(x)));
      case "ceil" -> Python.whole(Math.ceil(Python.number(x)));
      case "floor" -> Python.whole(Math.floor(Python.number(x)));
      case "sqrt" -> finite(Math.sqrt(Python.number(x)));
      case "log" -> finite(Math.log(Python.number(x)));
      default -> finite(log2(Python.number(x)));
    };
  }

  /** Exact where the number is a power of two, as Python's is. */
  private static double log2(double x) {
    int exponent = Math.getExponent(x);
    return Math.scalb(1.0, exponent) == x ? exponent : Math.log(x) / Math.log(2);
  }

  private static double finite(double x) {
    if (!Double.isFinite(x)) {
      throw new ArithmeticException("not a number");
    }
    return x;
  }

  private static int length(@Nullable Object x) {
    if (x instanceof String text) {
      return text.length();
    }
    return x instanceof Map<?, ?> map ? map.size() : Python.list(x).size();
  }

  private static Object fold(String operator, Object start, List<?> values) {
    Object result = start;
    for (Object value : values) {
      result = Python.binary(operator, result, value);
    }
    return result;
  }

  private static Object extreme(String name, List<?> values) {
    if (!name.equals("max") && !name.equals("min")) {
      throw new IllegalArgumentException("too many arguments: " + name);
    }
    Object best = values.get(0);
    for (Object value : values) {
      boolean better = name.equals("max") ? Python.less(best, value) : Python.less(value, best);
      best = better ? value : best;
    }
    if (best == null) {
      throw new IllegalArgumentException("None has no order");
    }
    return best;
  }
}
