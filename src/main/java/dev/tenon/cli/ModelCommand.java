package dev.tenon.cli;

import dev.tenon.LoadOptions;
import dev.tenon.LoadProgress;
import dev.tenon.Model;
import dev.tenon.cli.output.Console;
import dev.tenon.cli.output.Progress;
import dev.tenon.cli.output.ReportJson;
import dev.tenon.cli.output.ReportText;
import dev.tenon.report.ReportPage;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** What {@code load} and {@code init} have in common: a model comes to be and is reported. */
abstract class ModelCommand extends TenonCommand {
  private static final String DIGEST = "--digest";
  private static final String TRACE = "--trace";

  ModelCommand(String description) {
    super(description);
  }

  /** Reads options of its own. */
  void read(ParseResult parsed, LoadOptions.Builder options) {}

  /** Where what the model is made of is. */
  abstract Path source(ParseResult parsed, Console console);

  /** Makes the model. */
  abstract Model model(Path path, LoadOptions options);

  @Override
  void declare(CommandSpec spec) {
    LoadChoice.declare(spec);
    spec.addOption(
        Options.value(TRACE, Path.class, "FILE", "Write where the time went, for Perfetto."));
    ReportOption.declare(spec);
    spec.addOption(Options.flag(DIGEST, "Print the CRC-32 of each tensor's bytes."));
  }

  @Override
  public final void run(ParseResult parsed, Console console) {
    LoadOptions.Builder options =
        LoadChoice.read(parsed).trace(parsed.matchedOptionValue(TRACE, null));
    read(parsed, options);
    Path source = source(parsed, console);
    try (Progress progress = Progress.to(console.err());
        ReportPage page = ReportOption.begin(parsed);
        Model model =
            model(source, options.progress(quiet(parsed) ? LoadProgress.NONE : progress).build())) {
      progress.finish();
      if (page != null) {
        page.write(model.report());
      }
      Map<String, Integer> digests = parsed.hasMatchedOption(DIGEST) ? model.digests() : Map.of();
      if (json(parsed)) {
        console.json(json -> ReportJson.write(model.report(), digests, json));
      } else {
        ReportText.print(model.report(), digests, console.out());
      }
    }
  }
}
