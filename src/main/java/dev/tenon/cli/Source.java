package dev.tenon.cli;

import dev.tenon.Tenon;
import dev.tenon.checkpoint.directory.CheckpointFiles;
import dev.tenon.cli.output.Console;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** What a command works on: a path, or a model's name, which may have to be downloaded. */
final class Source {
  private static final String DOWNLOAD = "--download";
  private static final String SUBFOLDER = "--subfolder";

  private Source() {}

  static void declare(CommandSpec spec, String label, String description) {
    spec.addPositional(
        Options.argument(
            label,
            description
                + " Or org/name[@revision], a model in the Hugging Face cache; a file or directory"
                + " of that name comes first."));
    spec.addOption(
        Options.flag(
            DOWNLOAD, "Bring a model given by name into the cache first, as the hub has it now."));
    declareSubfolder(spec);
  }

  static void declareSubfolder(CommandSpec spec) {
    spec.addOption(
        Options.value(
            SUBFOLDER, String.class, "NAME", "The model in this folder of it, such as unet."));
  }

  /** The folder of the model that is meant, or null for the model itself. */
  static @Nullable String subfolder(ParseResult parsed) {
    return parsed.matchedOptionValue(SUBFOLDER, null);
  }

  /** Where the files of what was given are. */
  static Path checkpoint(ParseResult parsed, Console console) {
    return locate(false, parsed, console);
  }

  /** Where what describes the model that was given is. */
  static Path config(ParseResult parsed, Console console) {
    return locate(true, parsed, console);
  }

  private static Path locate(boolean config, ParseResult parsed, Console console) {
    Path path =
        parsed.hasMatchedOption(DOWNLOAD)
            ? Downloading.locate(text(parsed), config, parsed, console)
            : Tenon.locate(text(parsed));
    return within(path, parsed);
  }

  /** The folder of a path that is meant, or the path itself. */
  static Path within(Path path, ParseResult parsed) {
    String subfolder = subfolder(parsed);
    return subfolder == null ? path : CheckpointFiles.subfolder(path, subfolder);
  }

  static String text(ParseResult parsed) {
    return parsed.matchedPositionalValue(0, "");
  }
}
