package dev.tenon.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One command: what it understands and what it does. Stateless; all it is told is in the parse. */
abstract class TenonCommand {
  private final String description;

  TenonCommand(String description) {
    this.description = description;
  }

  /** All it understands. */
  final CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    spec.usageMessage().description(description);
    declare(spec);
    return spec.addOption(Options.flag(Options.JSON, "Print one JSON document on stdout."))
        .addOption(Options.flag(Options.QUIET, "No progress on stderr."))
        .addOption(Options.flag(Options.DEBUG, "Print stack traces."))
        .addOption(Options.help());
  }

  /** Declares its own parameters and options. */
  abstract void declare(CommandSpec spec);

  /** Does it; whatever is thrown becomes status 1. */
  abstract void run(ParseResult parsed, Console console);

  static boolean json(ParseResult parsed) {
    return parsed.hasMatchedOption(Options.JSON);
  }

  static boolean quiet(ParseResult parsed) {
    return parsed.hasMatchedOption(Options.QUIET);
  }
}
