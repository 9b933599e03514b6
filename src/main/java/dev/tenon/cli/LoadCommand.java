package dev.tenon.cli;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Tenon;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tenon load}: a checkpoint becomes tensors. */
final class LoadCommand extends ModelCommand {
  LoadCommand() {
    super("Loads a checkpoint's directory and reports what it did.");
  }

  @Override
  void declare(CommandSpec spec) {
    spec.addPositional(Options.path("PATH", "A checkpoint's directory."));
    super.declare(spec);
  }

  @Override
  Model model(Path path, LoadOptions options) {
    return Tenon.load(path, options);
  }
}
