package dev.tenon.report;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Numbers values by their first appearance, so that a column of equal ones is one of numbers. */
final class Codes<T> {
  private final Map<T, Integer> codes = new LinkedHashMap<>();

  /** The number of a value. */
  int of(T value) {
    Integer code = codes.putIfAbsent(value, codes.size());
    return code == null ? codes.size() - 1 : code;
  }

  /** All values, each at its number. */
  Set<T> values() {
    return codes.keySet();
  }
}
