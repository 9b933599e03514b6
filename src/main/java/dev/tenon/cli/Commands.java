package dev.tenon.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;

/** The commands there are, in the order help lists them. */
final class Commands {
  private static final Map<String, Function<Console, TenonCommand>> ALL = new LinkedHashMap<>();

  static {
    ALL.put("demo", DemoCommand::new);
    ALL.put("load", LoadCommand::new);
    ALL.put("plan", PlanCommand::new);
    ALL.put("init", InitCommand::new);
    ALL.put("skeleton", SkeletonCommand::new);
    ALL.put("inspect", InspectCommand::new);
    ALL.put("verify", VerifyCommand::new);
  }

  private Commands() {}

  /**
   * Adds the command the arguments begin with, or all if they begin with none: looking at a
   * command's annotations takes long enough to notice, and only one is run.
   */
  static void addTo(CommandLine line, List<String> args, Console console) {
    String first = args.isEmpty() ? "" : args.get(0);
    if (ALL.containsKey(first)) {
      line.addSubcommand(first, ALL.get(first).apply(console));
    } else {
      ALL.forEach((name, command) -> line.addSubcommand(name, command.apply(console)));
      line.addSubcommand(new HelpCommand());
    }
  }
}
