package dev.tenon.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tenon.LoadOptions;
import dev.tenon.LoadReport;
import dev.tenon.Model;
import dev.tenon.Rng;
import dev.tenon.Tenon;
import dev.tenon.cli.demo.DemoCheckpoint;
import dev.tenon.cli.demo.DemoShape;
import dev.tenon.cli.output.Console;
import dev.tenon.cli.output.Phases;
import dev.tenon.cli.output.ReportJson;
import dev.tenon.cli.output.ReportText;
import dev.tenon.cli.output.Units;
import dev.tenon.trace.Millis;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code tenon demo}: the same files loaded twice by the same engine. The naive way draws every
 * slot the files lack, the tied head included, and then throws the drawn head away as it ties.
 */
final class DemoCommand extends TenonCommand {
  private static final String FULL = "--full";
  private static final String DIR = "--dir";
  private static final Path DEFAULT_DIR = Path.of("target", "demo");

  DemoCommand() {
    super(
        "Makes a checkpoint of Gemma-2's shape, loads it the naive way and Tenon's way, and prints"
            + " both timelines.");
  }

  @Override
  void declare(CommandSpec spec) {
    spec.addOption(Options.flag(FULL, "The real shape of gemma-2-2b, 5.2 GB."));
    spec.addOption(
        Options.value(
            DIR, Path.class, "DIR", "Where the checkpoint is kept (default: target/demo)."));
  }

  @Override
  public void run(ParseResult parsed, Console console) {
    Path directory = parsed.matchedOptionValue(DIR, DEFAULT_DIR);
    DemoShape shape = parsed.hasMatchedOption(FULL) ? DemoShape.FULL : DemoShape.SMALL;
    if (!quiet(parsed)) {
      console.err().println("Making " + shape.name() + " under " + directory);
    }
    DemoCheckpoint checkpoint = DemoCheckpoint.make(directory, shape);
    LoadOptions options = LoadOptions.builder().rng(Rng.TORCH).build();
    // libtorch and the JVM are warm for both.
    Tenon.load(checkpoint.tied(), options).close();
    Run naive = naive(checkpoint.untied(), options);
    Run tenon = Run.of(checkpoint.tied(), options);
    if (json(parsed)) {
      console.json(json -> write(checkpoint, naive, tenon, json));
    } else {
      print(naive, tenon, console.out());
    }
  }

  private static Run naive(Path path, LoadOptions options) {
    try (Model model = Tenon.load(path, options)) {
      long start = System.nanoTime();
      model.tieWordEmbeddings(true);
      return new Run(model.report(), (System.nanoTime() - start) / 1e6);
    }
  }

  private static void print(Run naive, Run tenon, PrintStream out) {
    ReportText.print(tenon.report, Map.of(), out);
    out.println();
    out.printf("  %-12s %12s %12s%n", "", "naive", "Tenon");
    Map<String, Double> left = Phases.of(naive.millis());
    Map<String, Double> right = Phases.of(tenon.millis());
    for (String phase : left.keySet()) {
      out.printf(
          "  %-12s %12s %12s%n",
          phase, Units.millis(left.get(phase)), Units.millis(right.get(phase)));
    }
    out.printf(
        "  %-12s %12s %12s%n",
        "drawn",
        Units.bytes(naive.report.bytes().initialized()),
        Units.bytes(tenon.report.bytes().initialized()));
    out.printf(
        Locale.ROOT,
        "The naive way draws a head that the tie then throws away: Tenon is %.1f times as fast.%n",
        ratio(naive, tenon));
  }

  private static void write(DemoCheckpoint checkpoint, Run naive, Run tenon, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("checkpoint", checkpoint.tied().toString());
    json.writeFieldName("naive");
    naive.write(json);
    json.writeFieldName("tenon");
    tenon.write(json);
    json.writeNumberField("ratio", ratio(naive, tenon));
    json.writeEndObject();
  }

  private static double ratio(Run naive, Run tenon) {
    return naive.millis().total() / tenon.millis().total();
  }

  /**
   * One load.
   *
   * @param report what it did
   * @param retieMillis how long tying took afterwards
   */
  private record Run(LoadReport report, double retieMillis) {
    static Run of(Path path, LoadOptions options) {
      try (Model model = Tenon.load(path, options)) {
        return new Run(model.report(), 0);
      }
    }

    Millis millis() {
      Millis load = report.millis();
      return new Millis(
          load.config(),
          load.headers(),
          load.plan(),
          load.allocate(),
          load.read(),
          load.init(),
          load.tie() + retieMillis,
          load.total() + retieMillis);
    }

    void write(JsonGenerator json) throws IOException {
      json.writeStartObject();
      ReportJson.bytes(report.bytes(), json);
      ReportJson.millis(millis(), json);
      json.writeEndObject();
    }
  }
}
