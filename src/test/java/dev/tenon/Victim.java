package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process that does something over and over and says so, until it is killed: closing this kills
 * it.
 */
public final class Victim implements AutoCloseable {
  private static final String DONE_ONCE = "done once";

  private final Process process;

  private Victim(Process process) {
    this.process = process;
  }

  /** Starts the main method of a class. What it writes to stderr is this process's. */
  public static Victim start(Class<?> main, Object... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return new Victim(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Lets it live until it has noted its first version, and so long after that. */
  public void live(long nanos) throws IOException, InterruptedException {
    BufferedReader out = process.inputReader();
    assertThat(out.readLine()).as("what the process says").isEqualTo(DONE_ONCE);
    TimeUnit.NANOSECONDS.sleep(nanos);
  }

  /** Asks it to end, as SIGTERM does, and waits until it has. */
  public void terminate() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  /** In the process itself: notes the version it has done, the first one aloud. */
  public static void note(Path log, int version, boolean first) throws IOException {
    Files.writeString(log, version + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    if (first) {
      System.out.println(DONE_ONCE);
    }
  }

  /** The version it noted last. */
  public static int noted(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return Integer.parseInt(lines.get(lines.size() - 1));
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
