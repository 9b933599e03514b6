package dev.tenon.cli.output;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Names and facts in aligned columns; names that differ in layer numbers alone are one line. */
public final class Table {
  private final List<Folding.Row> rows = new ArrayList<>();

  /** Adds a name and the facts about it, as many as every other row has. */
  public void add(String name, String... facts) {
    rows.add(Folding.Row.of(name, List.of(facts)));
  }

  /** Prints the name, the facts, and how many names a line stands for. */
  public void print(PrintStream out) {
    List<List<String>> lines = new ArrayList<>();
    for (Folding.Row row : Folding.fold(rows)) {
      List<String> line = new ArrayList<>();
      line.add(row.name());
      line.addAll(row.facts());
      line.add(row.count() == 1 ? "" : "× " + row.count());
      lines.add(line);
    }
    int[] widths = widths(lines);
    StringBuilder all = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < line.size(); i++) {
        text.append("  ").append(line.get(i)).append(" ".repeat(widths[i] - line.get(i).length()));
      }
      all.append(text.toString().stripTrailing()).append(System.lineSeparator());
    }
    out.print(all); // At once: a stream that is not buffered calls the system for each line.
  }

  private static int[] widths(List<List<String>> lines) {
    int[] widths = new int[lines.isEmpty() ? 0 : lines.get(0).size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    return widths;
  }
}
