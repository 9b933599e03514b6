package dev.tenon.cli;

import dev.tenon.Tenon;
import dev.tenon.cli.output.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * {@code java -jar tenon.jar COMMAND …}. Exit status: 0 done; 1 the input is bad, with one line on
 * stderr; 2 wrong usage.
 *
 * <p>Knows nothing of picocli: the JVM reads what a class needs before it begins, and what a load
 * needs shall have begun by then.
 */
public final class Main {
  private Main() {}

  /**
   * Runs one command and ends the JVM with its exit status.
   *
   * @param args the command and its options
   */
  public static void main(String[] args) {
    if (args.length > 0 && loads(args[0])) {
      Tenon.startQuickly();
    }
    // picocli would load databases and calendars for options of such types: a tenth of a short
    // start.
    System.setProperty("picocli.converters.excludes", "java[.](sql|time)[.].*");
    PrintStream out = utf8(FileDescriptor.out);
    PrintStream err = utf8(FileDescriptor.err);
    int status = CommandRun.run(List.of(args), new Console(out, err));
    out.flush();
    err.flush();
    Tenon.endQuickly();
    System.exit(status);
  }

  /** Whether a command ends up with tensors. */
  private static boolean loads(String command) {
    return switch (command) {
      case "demo", "load", "save", "init" -> true;
      default -> false;
    };
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
  }
}
