package dev.tenon.cli;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Tenon;
import dev.tenon.cli.output.Console;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code tenon init}: a model from its config alone. */
final class InitCommand extends ModelCommand {
  InitCommand() {
    super("Builds a model from a config alone, everything initialised.");
  }

  @Override
  void declare(CommandSpec spec) {
    Source.declare(spec, "CONFIG", "A config.json, or the directory it is in.");
    super.declare(spec);
  }

  @Override
  Path source(ParseResult parsed, Console console) {
    return Source.config(parsed, console);
  }

  @Override
  Model model(Path config, LoadOptions options) {
    return Tenon.init(config, options);
  }
}
