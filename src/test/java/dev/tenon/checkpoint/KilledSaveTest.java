package dev.tenon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.Victim;
import dev.tenon.checkpoint.directory.Staging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private static final int SIGNALS = 5;
  private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

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
      try (Victim child = Victim.start(Child.class, target, (version + 1) % Versions.COUNT, log)) {
        child.live((long) (random.nextDouble() * LONGEST_NANOS));
      }
      int said = Victim.noted(log);
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

  @Test
  void aSignalLeavesNothingUnfinished() throws Exception {
    Path target = dir.resolve("model");
    Path log = dir.resolve("saved");
    Versions.write(target, 0);
    int version = 0;
    for (int signal = 0; signal < SIGNALS; signal++) {
      try (Victim child = Victim.start(Child.class, target, (version + 1) % Versions.COUNT, log)) {
        child.live(signal * LONGEST_NANOS / SIGNALS);
        child.terminate();
      }
      assertThat(target.resolve(Staging.NAME)).as("signal %d", signal).doesNotExist();
      version = Versions.read(target);
    }
  }

  /** Saves until it is ended. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException {
      int first = Integer.parseInt(args[1]);
      for (int version = first; ; version = (version + 1) % Versions.COUNT) {
        Versions.write(Path.of(args[0]), version);
        Victim.note(Path.of(args[2]), version, version == first);
      }
    }
  }
}
