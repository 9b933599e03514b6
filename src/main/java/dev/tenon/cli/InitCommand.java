package dev.tenon.cli;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Tenon;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tenon init}: a model from its config alone. */
@Command(name = "init", description = "Builds a model from a config alone, everything initialised.")
final class InitCommand extends ModelCommand {
  @Parameters(paramLabel = "CONFIG", description = "A config.json, or the directory it is in.")
  private Path config;

  InitCommand(Console console) {
    super(console);
  }

  @Override
  Model model(LoadOptions options) {
    return Tenon.init(config, options);
  }
}
