package dev.tenon.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Folds names that differ in layer numbers alone into one, with the set of numbers that really
 * occur: {@code layers.{0,3-7}.weight}. Every name a folded one stands for was there.
 */
final class Folding {
  private static final Pattern NUMBER = Pattern.compile("0|[1-9]\\d{0,8}");

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
      return position < segments.size() && NUMBER.matcher(segments.get(position)).matches();
    }

    /** All that must be equal for two rows to become one at this position. */
    private List<Object> key(int position) {
      List<Object> key = new ArrayList<>(segments);
      if (isNumber(position)) {
        key.set(position, Row.class);
      }
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
    Collection<Row> folded = rows;
    for (int position = longest - 1; position >= 0; position--) {
      Map<List<Object>, List<Row>> groups = new LinkedHashMap<>();
      for (Row row : folded) {
        groups.computeIfAbsent(row.key(position), absent -> new ArrayList<>()).add(row);
      }
      List<Row> joined = new ArrayList<>(groups.size());
      for (List<Row> group : groups.values()) {
        joined.add(join(group, position));
      }
      folded = joined;
    }
    return List.copyOf(folded);
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
      if (row.isNumber(position)) {
        numbers.add(Integer.valueOf(row.segments.get(position)));
      }
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
