package dev.tenon.cli;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Tenon;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tenon load}: a checkpoint becomes tensors. */
@Command(name = "load", description = "Loads a checkpoint's directory and reports what it did.")
final class LoadCommand extends ModelCommand {
  @Parameters(paramLabel = "PATH", description = "A checkpoint's directory.")
  private Path path;

  LoadCommand(Console console) {
    super(console);
  }

  @Override
  Model model(LoadOptions options) {
    return Tenon.load(path, options);
  }
}
