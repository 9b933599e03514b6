package dev.tenon.engine;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A process that runs a class's main method, for what might end one. Its main must end with 0. */
public final class ChildJvm {
  private final Path directory;
  private final List<String> command = new ArrayList<>();
  private final Map<String, String> environment;

  /**
   * A process that is not started yet.
   *
   * @param directory for what it says, and what a JVM that crashed says
   */
  public ChildJvm(Path directory, Map<String, String> environment, String... flags) {
    this.directory = directory;
    this.environment = environment;
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:-CreateCoredumpOnCrash");
    command.add("-XX:ErrorFile=" + directory.resolve("crash.log"));
    command.add("-Dslf4j.internal.verbosity=ERROR");
    command.addAll(List.of(flags));
  }

  /** Runs it and gives the last line it said, which is printed too. */
  public String run(Class<?> main, Object... arguments) throws IOException, InterruptedException {
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Path output = directory.resolve("out");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process java = builder.redirectOutput(output.toFile()).start();
    try {
      assertThat(java.waitFor(Long.getLong("tenon.minutes", 20), MINUTES)).isTrue();
      String said = Files.readString(output);
      assertThat(java.exitValue()).as(said).isZero();
      String last = said.lines().reduce((a, b) -> b).orElse("");
      System.out.println(main.getSimpleName() + ": " + last);
      return last;
    } finally {
      java.destroyForcibly();
    }
  }
}
