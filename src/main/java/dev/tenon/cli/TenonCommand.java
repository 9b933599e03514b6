package dev.tenon.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** What all commands have in common: how they print. */
abstract class TenonCommand implements Callable<Integer> {
  private final Console console;

  @Option(names = "--json", description = "Print one JSON document on stdout.")
  private boolean json;

  @Option(names = "--quiet", description = "No progress on stderr.")
  private boolean quiet;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Option(names = "--debug", description = "Print stack traces.")
  private boolean debug;

  TenonCommand(Console console) {
    this.console = console;
  }

  @Override
  public final Integer call() {
    run(console);
    return 0;
  }

  /** Does it; whatever is thrown becomes status 1. */
  abstract void run(Console console);

  final boolean json() {
    return json;
  }

  final boolean quiet() {
    return quiet;
  }
}
