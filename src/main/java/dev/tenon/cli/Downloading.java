package dev.tenon.cli;

import dev.tenon.Tenon;
import dev.tenon.cli.output.Console;
import dev.tenon.cli.output.Progress;
import dev.tenon.hub.FilePatterns;
import dev.tenon.hub.Hub;
import dev.tenon.hub.HubListener;
import dev.tenon.hub.ModelName;
import java.nio.file.Path;
import picocli.CommandLine.ParseResult;

/** Downloads under the eyes of whoever looks at stderr. */
final class Downloading implements HubListener, AutoCloseable {
  private final Console console;
  private final Progress progress;
  private final boolean quiet;

  private Downloading(ParseResult parsed, Console console) {
    this.console = console;
    this.progress = Progress.to(console.err());
    this.quiet = TenonCommand.quiet(parsed);
  }

  /** Where a text leads; what a model's name means is downloaded, or all but the weights. */
  static Path locate(String text, boolean config, ParseResult parsed, Console console) {
    return Tenon.locate(text, name -> model(name, config, FilePatterns.NONE, parsed, console));
  }

  /** Downloads a model, or of it all but the weights. */
  static Path model(
      ModelName model, boolean config, FilePatterns patterns, ParseResult parsed, Console console) {
    try (Downloading downloading = new Downloading(parsed, console)) {
      Hub hub = downloading.hub();
      return config
          ? hub.downloadConfig(model, Source.subfolder(parsed))
          : hub.download(model, LoadChoice.variant(parsed), Source.subfolder(parsed), patterns);
    }
  }

  private Hub hub() {
    return Hub.builder().listener(this).build();
  }

  @Override
  public void progress(long done, long total) {
    if (!quiet) {
      progress.update("download", done, total);
    }
  }

  @Override
  public void warn(String message) {
    console.err().println("tenon: " + message);
  }

  @Override
  public void close() {
    progress.finish();
  }
}
