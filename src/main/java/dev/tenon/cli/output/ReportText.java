package dev.tenon.cli.output;

import dev.tenon.LoadReport;
import dev.tenon.SlotReport;
import dev.tenon.plan.Mismatch;
import dev.tenon.plan.ReadBytes;
import dev.tenon.quantised.PackedWeight;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A report for people: one line for slots that differ in layer numbers alone. */
public final class ReportText {
  /** What would print as zero. */
  private static final double SHORTEST_MILLIS = 0.05;

  private ReportText() {}

  /** Prints a report; tensors in {@code digests} get their CRC-32. */
  public static void print(LoadReport report, Map<String, Integer> digests, PrintStream out) {
    String what = report.className() + " (" + report.modelType() + ")";
    out.println(what + ", " + report.dtype() + " on " + report.device());
    for (String warning : report.warnings()) {
      out.println("warning: " + warning);
    }
    Map<String, PackedWeight> blocks = ReportJson.blocks(report);
    Table table = new Table();
    for (SlotReport slot : report.slots()) {
      PackedWeight block = blocks.get(slot.name());
      Integer crc32 = digests.get(slot.name());
      table.add(
          slot.name(),
          slot.origin().name().toLowerCase(Locale.ROOT),
          block == null ? slot.dtype().torchName() : block.ggmlType(),
          (block == null ? slot.slot().shape() : block.shape()).toString(),
          crc32 == null ? "" : String.format("%08x", crc32),
          report.placed() ? slot.device().toString() : "",
          slot.from());
    }
    table.print(out);
    names("missing", report.missing(), out);
    names("unexpected", report.unexpected(), out);
    for (Mismatch it : report.mismatched()) {
      String shapes = ": checkpoint " + it.checkpoint() + ", model " + it.model();
      out.println("mismatched: " + it.name() + shapes);
    }
    packed(report, out);
    out.println(sizes(report));
    ways(report.read(), out);
    out.println(times(report));
  }

  /** How many weights stay packed in each way. */
  private static void packed(LoadReport report, PrintStream out) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (PackedWeight weight : report.packed()) {
      counts.merge(weight.packing().toString(), 1, Integer::sum);
    }
    counts.forEach((packing, count) -> out.println("kept packed: " + count + " " + packing));
  }

  /** Names a line each, those that differ in layer numbers alone on one. */
  public static void names(String what, List<String> names, PrintStream out) {
    List<Folding.Row> rows = new ArrayList<>();
    for (String name : names) {
      rows.add(Folding.Row.of(name, List.of()));
    }
    for (Folding.Row row : Folding.fold(rows)) {
      out.println(what + ": " + row.name());
    }
  }

  private static String sizes(LoadReport report) {
    return "loaded "
        + Units.bytes(report.bytes().loaded())
        + ", initialized "
        + Units.bytes(report.bytes().initialized())
        + ", saved by ties "
        + Units.bytes(report.bytes().tied());
  }

  /** How bytes of files became tensors; nothing if none did. */
  private static void ways(ReadBytes read, PrintStream out) {
    List<String> parts = new ArrayList<>();
    way("mapped", read.mapped(), parts);
    way("populated", read.populated(), parts);
    way("of it read ahead", read.readAhead(), parts);
    way("copied", read.copied(), parts);
    way("converted", read.converted(), parts);
    if (!parts.isEmpty()) {
      out.println("from files: " + String.join(", ", parts));
    }
  }

  private static void way(String what, long bytes, List<String> parts) {
    if (bytes > 0) {
      parts.add(what + " " + Units.bytes(bytes));
    }
  }

  /** Phases that took time, and the rate at which bytes became tensors. */
  private static String times(LoadReport report) {
    Map<String, Double> phases = Phases.of(report.millis());
    double total = report.millis().total();
    double rest = 2 * total;
    for (double millis : phases.values()) {
      rest -= millis;
    }
    boolean loaded = report.millis().read() + report.millis().init() > 0;
    if (loaded) {
      phases.remove("total");
      phases.put("waiting for libtorch", rest);
      phases.put("total", total);
    }
    List<String> parts = new ArrayList<>();
    for (Map.Entry<String, Double> phase : phases.entrySet()) {
      if (phase.getValue() >= SHORTEST_MILLIS) {
        parts.add(phase.getKey() + " " + Units.millis(phase.getValue()));
      }
    }
    long bytes = report.bytes().loaded() + report.bytes().initialized();
    return String.join(", ", parts) + (loaded ? " (" + Units.rate(bytes, total) + ")" : "");
  }
}
