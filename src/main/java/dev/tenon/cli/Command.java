package dev.tenon.cli;

import dev.tenon.cli.output.Console;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * One command: what it understands and what it does. Stateless; all it is told is in the parse.
 *
 * <p>An interface, so that a choice among commands reads the class of the chosen one alone.
 */
interface Command {
  /** All it understands. */
  CommandSpec spec();

  /** Does it; whatever is thrown becomes status 1. */
  void run(ParseResult parsed, Console console);
}
