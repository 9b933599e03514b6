package dev.tenon.cli.output;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Folds names that differ in layer numbers alone into one, with the set of numbers that really
 * occur: {@code layers.{0,3-7}.weight}. Every name a folded one stands for was there.
 */
final class Folding {
  private static final int LONGEST_NUMBER = 9;

  /**
   * One or more names, and what is said about each of them.
   *
   * @param segments the name at its dots; a number may have become a set of numbers
   * @param facts equal for all names folded into one
   * @param count how many names it stands for
   */
  record Row(List<String> segments, List<String> facts, int count) {
    static Row of(String name, List<String> facts) {
      return new Row(List.of(name.split("\\.", -1)), facts, 1);
    }

    String name() {
      return String.join(".", segments);
    }

    private boolean isNumber(int position) {
      return position < segments.size() && Folding.isNumber(segments.get(position));
    }

    /** All that must be equal for two rows to become one at this position. */
    private List<Object> key(int position) {
      List<Object> key = new ArrayList<>(segments);
      key.set(position, Row.class);
      key.add(facts);
      return key;
    }
  }

  private Folding() {}

  /** Folded rows, each where its first name was. */
  static List<Row> fold(List<Row> rows) {
    int longest = 0;
    for (Row row : rows) {
      longest = Math.max(longest, row.segments.size());
    }
    List<Row> folded = rows;
    for (int position = longest - 1; position >= 0; position--) {
      folded = fold(folded, position);
    }
    return List.copyOf(folded);
  }

  private static List<Row> fold(List<Row> rows, int position) {
    List<List<Row>> groups = new ArrayList<>(rows.size());
    Map<List<Object>, List<Row>> byKey = new HashMap<>();
    for (Row row : rows) {
      List<Object> key = row.isNumber(position) ? row.key(position) : null;
      List<Row> group = key == null ? null : byKey.get(key);
      if (group == null) {
        group = new ArrayList<>();
        groups.add(group);
        if (key != null) {
          byKey.put(key, group);
        }
      }
      group.add(row);
    }
    List<Row> joined = new ArrayList<>(groups.size());
    for (List<Row> group : groups) {
      joined.add(join(group, position));
    }
    return joined;
  }

  /** Whether a segment is a whole number as it would be printed. */
  private static boolean isNumber(String segment) {
    int length = segment.length();
    if (length == 0 || length > LONGEST_NUMBER || segment.charAt(0) == '0' && length > 1) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (segment.charAt(i) < '0' || segment.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private static Row join(List<Row> group, int position) {
    Row first = group.get(0);
    if (group.size() == 1) {
      return first;
    }
    TreeSet<Integer> numbers = new TreeSet<>();
    int count = 0;
    for (Row row : group) {
      count += row.count;
      numbers.add(Integer.valueOf(row.segments.get(position)));
    }
    List<String> segments = new ArrayList<>(first.segments);
    if (numbers.size() > 1) {
      segments.set(position, ranges(numbers));
    }
    return new Row(segments, first.facts, count);
  }

  /** {@code {0,3-7}} for 0, 3, 4, 5, 6, 7. */
  private static String ranges(TreeSet<Integer> numbers) {
    List<String> parts = new ArrayList<>();
    int start = numbers.first();
    int last = start;
    for (int number : numbers.tailSet(start, false)) {
      if (number != last + 1) {
        parts.add(range(start, last));
        start = number;
      }
      last = number;
    }
    parts.add(range(start, last));
    return "{" + String.join(",", parts) + "}";
  }

  private static String range(int start, int last) {
    return start == last ? Integer.toString(start) : start + "-" + last;
  }
}
