package dev.tenon.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;

/** The commands there are. */
final class Commands {
  /** In the order help lists them. */
  private static final List<String> NAMES =
      List.of(
          "demo",
          "load",
          "save",
          "plan",
          "init",
          "skeleton",
          "inspect",
          "verify",
          "digest",
          "download");

  private Commands() {}

  /** Adds the command the arguments begin with, the only one that can run; else all, for help. */
  static void addTo(CommandLine line, List<String> args) {
    String first = args.isEmpty() ? "" : args.get(0);
    if (NAMES.contains(first)) {
      line.addSubcommand(first, named(first).spec());
    } else {
      NAMES.forEach(name -> line.addSubcommand(name, named(name).spec()));
      line.addSubcommand(new HelpCommand());
    }
  }

  /** The command of a name that is in the list. */
  static Command named(String name) {
    return switch (name) {
      case "demo" -> new DemoCommand();
      case "load" -> new LoadCommand();
      case "save" -> new SaveCommand();
      case "plan" -> new PlanCommand();
      case "init" -> new InitCommand();
      case "skeleton" -> new SkeletonCommand();
      case "inspect" -> new InspectCommand();
      case "verify" -> new VerifyCommand();
      case "digest" -> new DigestCommand();
      case "download" -> new DownloadCommand();
      default -> throw new IllegalArgumentException("No such command: name=" + name);
    };
  }
}
