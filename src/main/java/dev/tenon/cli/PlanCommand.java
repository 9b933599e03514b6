package dev.tenon.cli;

import dev.tenon.LoadOptions;
import dev.tenon.LoadReport;
import dev.tenon.Tenon;
import dev.tenon.cli.output.Console;
import dev.tenon.cli.output.MovesReport;
import dev.tenon.cli.output.ReportJson;
import dev.tenon.cli.output.ReportText;
import dev.tenon.report.ReportPage;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code tenon plan}: what a load would do. */
final class PlanCommand extends TenonCommand {
  private static final String MOVES = "--moves";

  PlanCommand() {
    super("Says what load would do. Never loads libtorch.");
  }

  @Override
  void declare(CommandSpec spec) {
    Source.declare(spec, "PATH", "A checkpoint's directory.");
    LoadChoice.declare(spec);
    AdapterOption.declare(spec);
    KeyMappingOption.declare(spec);
    ReportOption.declare(spec);
    spec.addOption(
        Options.flag(MOVES, "Say what of each file becomes what of which slot, and how, instead."));
  }

  @Override
  public void run(ParseResult parsed, Console console) {
    if (parsed.hasMatchedOption(MOVES)) {
      LoadOptions options = LoadChoice.read(parsed).build();
      printMoves(
          new MovesReport(Tenon.plan(Source.checkpoint(parsed, console), options), options),
          parsed,
          console);
      return;
    }
    LoadReport report;
    try (ReportPage page = ReportOption.begin(parsed)) {
      LoadOptions.Builder options = AdapterOption.read(parsed, LoadChoice.read(parsed));
      KeyMappingOption.read(parsed, options);
      report = Tenon.preview(Source.checkpoint(parsed, console), options.build());
      if (page != null) {
        page.write(report);
      }
    }
    if (json(parsed)) {
      console.json(json -> ReportJson.write(report, Map.of(), json));
    } else {
      ReportText.print(report, Map.of(), console.out());
    }
  }

  private static void printMoves(MovesReport moves, ParseResult parsed, Console console) {
    if (json(parsed)) {
      console.json(moves::write);
    } else {
      moves.print(console.out());
    }
  }
}
