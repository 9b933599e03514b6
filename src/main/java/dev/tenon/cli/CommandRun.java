package dev.tenon.cli;

import dev.tenon.TenonException;
import dev.tenon.cli.output.Console;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** From arguments to an exit status. */
final class CommandRun {
  private static final int BAD_INPUT = 1;
  private static final int BAD_USAGE = 2;

  private CommandRun() {}

  /** Runs one command and returns its exit status. */
  static int run(List<String> args, Console console) {
    CommandSpec spec = CommandSpec.create().name("tenon").version("tenon " + version());
    spec.usageMessage()
        .description("Loads pretrained checkpoints into libtorch tensors.")
        .synopsisSubcommandLabel("COMMAND")
        .footer(
            "",
            "tenon COMMAND --help says more. Exit status: 0 done, 1 the input is bad, 2 wrong usage.");
    spec.addOption(Options.help()).addOption(Options.version());
    CommandLine line = new CommandLine(spec);
    Commands.addTo(line, args);
    line.setOut(new PrintWriter(console.out(), true));
    line.setErr(new PrintWriter(console.err(), true));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((fault, given) -> badUsage(fault, console));
    line.setExecutionStrategy(parsed -> execute(parsed, console));
    return line.execute(args.toArray(String[]::new));
  }

  private static int execute(ParseResult parsed, Console console) {
    Integer helped = CommandLine.executeHelpRequest(parsed);
    if (helped != null) {
      return helped;
    }
    ParseResult chosen = parsed.subcommand();
    if (chosen == null) {
      throw new ParameterException(parsed.commandSpec().commandLine(), "No command");
    }
    try {
      Commands.named(chosen.commandSpec().name()).run(chosen, console);
      return 0;
    } catch (ParameterException fault) {
      throw fault;
    } catch (RuntimeException | Error fault) {
      return badInput(fault, chosen.hasMatchedOption(Options.DEBUG), console);
    }
  }

  private static int badUsage(ParameterException fault, Console console) {
    String command = fault.getCommandLine().getCommandSpec().qualifiedName();
    console
        .err()
        .println("tenon: " + oneLine(fault.getMessage()) + ". See: " + command + " --help");
    return BAD_USAGE;
  }

  private static int badInput(Throwable fault, boolean debug, Console console) {
    String message =
        fault instanceof TenonException
            ? fault.getMessage()
            : "Unexpected failure, which is a bug; --debug shows where: " + fault;
    console.err().println("tenon: " + oneLine(message));
    if (debug) {
      fault.printStackTrace(console.err());
    }
    return BAD_INPUT;
  }

  private static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", "; ");
  }

  /** The version the jar was built as. */
  private static String version() {
    String version = CommandRun.class.getPackage().getImplementationVersion();
    return version == null ? "(unpackaged)" : version;
  }
}
