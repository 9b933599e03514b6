package dev.tenon.hub.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tenon.nativecore.NativeCore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class BlobLockTest {
  @TempDir private Path directory;

  @Test
  void oneHasItAndTheOtherWaits() throws Exception {
    Path file = directory.resolve("locks/a.lock");
    BlobLock first = BlobLock.take(file, () -> {});
    CompletableFuture<BlobLock> second =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return BlobLock.take(file, () -> {});
              } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    BlobLock other = BlobLock.take(directory.resolve("locks/b.lock"), () -> {});
    other.close();
    assertThat(second).isNotDone();
    first.close();

    second.get(300, TimeUnit.SECONDS).close();
    assertThat(file).exists();
  }

  /** Against the program of util-linux, which takes the lock {@code huggingface_hub} takes. */
  @Test
  void itIsTheSystemsLock() throws Exception {
    assumeThat(NativeCore.available()).as("the native core").isTrue();
    assumeThat(Path.of("/usr/bin/flock")).as("util-linux").exists();
    Path file = directory.resolve("a.lock");

    BlobLock lock = BlobLock.take(file, () -> {});
    assertThat(flock(file)).isOne();
    lock.close();
    assertThat(flock(file)).isZero();

    Process holder = new ProcessBuilder("flock", file.toString(), "cat").start();
    while (flock(file) == 0) {
      Thread.onSpinWait(); // Until it has the lock.
    }
    CompletableFuture<Void> taken =
        CompletableFuture.runAsync(
            () -> {
              try {
                BlobLock.take(file, () -> {}).close();
              } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    assertThat(taken).isNotDone();
    holder.getOutputStream().close();
    taken.get(300, TimeUnit.SECONDS);
    assertThat(Files.size(file)).isZero();
  }

  private static int flock(Path file) throws IOException, InterruptedException {
    return new ProcessBuilder("flock", "-n", file.toString(), "true").start().waitFor();
  }
}
