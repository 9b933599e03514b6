package dev.tenon.cli;

import dev.tenon.LoadOptions;
import dev.tenon.LoadProgress;
import dev.tenon.Model;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code load} and {@code init} have in common: a model comes to be and is reported. */
abstract class ModelCommand extends TenonCommand {
  @Mixin private LoadChoice choice;

  @Option(names = "--digest", description = "Print the CRC-32 of each tensor's bytes.")
  private boolean digest;

  ModelCommand(Console console) {
    super(console);
  }

  /** Makes the model. */
  abstract Model model(LoadOptions options);

  @Override
  final void run(Console console) {
    try (Progress progress = Progress.to(console.err());
        Model model =
            model(choice.builder().progress(quiet() ? LoadProgress.NONE : progress).build())) {
      progress.finish();
      Map<String, Integer> digests = digest ? model.digests() : Map.of();
      if (json()) {
        console.json(json -> ReportJson.write(model.report(), digests, json));
      } else {
        ReportText.print(model.report(), digests, console.out());
      }
    }
  }
}
