package dev.tenon.cli;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Tenon;
import dev.tenon.cli.output.Console;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code tenon load}: a checkpoint becomes tensors. */
final class LoadCommand extends ModelCommand {
  LoadCommand() {
    super("Loads a checkpoint's directory and reports what it did.");
  }

  @Override
  void declare(CommandSpec spec) {
    Source.declare(spec, "PATH", "A checkpoint's directory.");
    super.declare(spec);
    AdapterOption.declare(spec);
    KeyMappingOption.declare(spec);
    spec.addOption(
        Options.value(
            DigestCommand.CHECK,
            Path.class,
            "FILE",
            "Compare the weight files with a digest file, meanwhile; a difference is status 1."));
  }

  @Override
  void read(ParseResult parsed, LoadOptions.Builder options) {
    AdapterOption.read(parsed, options);
    KeyMappingOption.read(parsed, options);
    options.check(parsed.matchedOptionValue(DigestCommand.CHECK, null));
  }

  @Override
  Path source(ParseResult parsed, Console console) {
    return Source.checkpoint(parsed, console);
  }

  @Override
  Model model(Path path, LoadOptions options) {
    return Tenon.load(path, options);
  }
}
