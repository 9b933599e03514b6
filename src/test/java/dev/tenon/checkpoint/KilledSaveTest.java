package dev.tenon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that saves one version after another is killed, again and again, at any moment: the
 * directory then holds the last version it had said was saved, or the next, whole.
 */
class KilledSaveTest {
  /** More with {@code -Dtenon.kills=N}. */
  private static final int KILLS = Integer.getInteger("tenon.kills", 25);

  private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

  private static final String SAVED_ONCE = "saved once";

  @TempDir private Path dir;

  @Test
  void aKillLeavesTheOldCheckpointOrTheNewOne() throws Exception {
    Random random = new Random(7);
    Path target = dir.resolve("model");
    Path log = dir.resolve("saved");
    Versions.write(target, 0);
    int caughtOld = 0;
    int caughtWithLinks = 0;
    int version = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Process child = start(target, (version + 1) % Versions.COUNT, log);
      try (BufferedReader out = child.inputReader()) {
        assertThat(out.readLine()).as("what the child says").isEqualTo(SAVED_ONCE);
        long wait = (long) (random.nextDouble() * LONGEST_NANOS);
        TimeUnit.NANOSECONDS.sleep(wait);
      } finally {
        child.destroyForcibly().waitFor();
      }
      int said = said(log, version);
      version = Versions.read(target);
      assertThat(version).as("kill %d", kill).isIn(said, (said + 1) % Versions.COUNT);
      caughtOld += version == said ? 1 : 0;
      caughtWithLinks += Files.isSymbolicLink(target.resolve("config.json")) ? 1 : 0;
    }
    System.out.printf(
        "kills=%d, old=%d, new=%d, during a switch=%d%n",
        KILLS, caughtOld, KILLS - caughtOld, caughtWithLinks);
    Versions.write(target, 0);
    assertThat(Versions.read(target)).isZero();
    assertThat(target.resolve(Staging.NAME)).doesNotExist();
  }

  private static int said(Path log, int otherwise) throws IOException {
    List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
    return lines.isEmpty() ? otherwise : Integer.parseInt(lines.get(lines.size() - 1));
  }

  private static Process start(Path target, int first, Path log) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            target.toString(),
            Integer.toString(first),
            log.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Saves until it is killed. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException {
      int first = Integer.parseInt(args[1]);
      for (int version = first; ; version = (version + 1) % Versions.COUNT) {
        Versions.write(Path.of(args[0]), version);
        Files.writeString(
            Path.of(args[2]), version + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        if (version == first) {
          System.out.println(SAVED_ONCE);
        }
      }
    }
  }
}
