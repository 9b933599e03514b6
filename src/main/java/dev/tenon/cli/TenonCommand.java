package dev.tenon.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** What all commands have in common. */
abstract class TenonCommand implements Command {
  private final String description;

  TenonCommand(String description) {
    this.description = description;
  }

  @Override
  public final CommandSpec spec() {
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

  static boolean json(ParseResult parsed) {
    return parsed.hasMatchedOption(Options.JSON);
  }

  static boolean quiet(ParseResult parsed) {
    return parsed.hasMatchedOption(Options.QUIET);
  }
}
