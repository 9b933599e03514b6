package dev.tenon.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tenon.LoadOptions;
import dev.tenon.Residency;
import dev.tenon.checkpoint.Stored;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Step;
import dev.tenon.plan.move.Axis;
import dev.tenon.plan.move.Move;
import dev.tenon.plan.move.Moves;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The moves of a plan, for {@code plan --moves}: what of each file becomes what of which slot, and
 * how.
 */
public final class MovesReport {
  private final LoadPlan plan;
  private final List<Move> moves;
  private final boolean maps;

  public MovesReport(LoadPlan plan, LoadOptions options) {
    this.plan = plan;
    this.moves = Moves.of(plan);
    this.maps = options.residency() != Residency.COPY && options.device().equals("cpu");
  }

  /** What a file has to give. */
  private static final class Total {
    private long moves;
    private long views;
    private long runs;
    private long bytes;

    void add(Move move, boolean view) {
      moves++;
      views += view ? 1 : 0;
      runs += move.runs();
      bytes += move.bytes();
    }
  }

  private String slot(Move move) {
    return plan.steps().get(move.slot()).slot().name();
  }

  /** A view needs no memory, and so no move is carried out for it. */
  private boolean isView(Move move) {
    return maps && plan.steps().get(move.slot()) instanceof Step.Read read && read.viewable();
  }

  private String how(Move move) {
    return isView(move) ? "view" : move.kind().name().toLowerCase(Locale.ROOT);
  }

  private Map<Path, Total> totals() {
    Map<Path, Total> totals = new TreeMap<>();
    for (Move move : moves) {
      totals.computeIfAbsent(move.entry().file(), file -> new Total()).add(move, isView(move));
    }
    return totals;
  }

  /** Prints a line a move, those that differ in layer numbers alone on one, and a line a file. */
  public void print(PrintStream out) {
    Table table = new Table();
    for (Move move : moves) {
      Stored entry = move.entry();
      String dtype = entry.dtype().torchName();
      table.add(
          slot(move),
          how(move),
          move.converts() ? dtype + " to " + move.dtype().torchName() : dtype,
          Units.bytes(move.bytes()),
          Units.count(move.runs()) + (move.runs() == 1 ? " run" : " runs"),
          entry.file().getFileName().toString());
    }
    table.print(out);
    totals()
        .forEach(
            (file, total) ->
                out.println(
                    file.getFileName()
                        + ": "
                        + Units.bytes(total.bytes)
                        + " in "
                        + Units.count(total.runs)
                        + " runs of "
                        + Units.count(total.moves)
                        + " moves, of them views "
                        + Units.count(total.views)));
  }

  /** Writes the same with all places, in bytes. */
  public void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeArrayFieldStart("files");
    for (Map.Entry<Path, Total> file : totals().entrySet()) {
      json.writeStartObject();
      json.writeStringField("file", file.getKey().toString());
      json.writeNumberField("bytes", file.getValue().bytes);
      json.writeNumberField("runs", file.getValue().runs);
      json.writeNumberField("moves", file.getValue().moves);
      json.writeNumberField("views", file.getValue().views);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("moves");
    for (Move move : moves) {
      write(move, json);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void write(Move move, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("slot", slot(move));
    json.writeStringField("how", how(move));
    json.writeStringField("tensor", move.entry().name());
    json.writeStringField("file", move.entry().file().toString());
    json.writeStringField("from", move.entry().dtype().torchName());
    json.writeStringField("to", move.dtype().torchName());
    json.writeNumberField("source", move.source());
    json.writeNumberField("target", move.target());
    json.writeNumberField("bytes", move.bytes());
    json.writeNumberField("runs", move.runs());
    json.writeArrayFieldStart("axes");
    for (Axis axis : move.axes()) {
      json.writeArray(new long[] {axis.count(), axis.source(), axis.target()}, 0, 3);
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
