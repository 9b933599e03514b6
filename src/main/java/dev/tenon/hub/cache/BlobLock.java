package dev.tenon.hub.cache;

import dev.tenon.TenonException;
import dev.tenon.nativecore.NativeCore;
import dev.tenon.nativecore.NativeLock;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The lock by which programs agree on who downloads a blob, so that none is downloaded twice. That
 * is all it is for: a blob is right whether or not anybody keeps to it.
 *
 * <p>{@code huggingface_hub} takes {@code flock(2)}'s. The native core does so too. The JDK's own
 * locks, which serve where there is no native core, are the same on Windows and macOS; on Linux
 * they keep only other programs on the JVM out.
 */
public final class BlobLock implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final Duration LONG = Duration.ofSeconds(10);

  /** What {@code huggingface_hub} locks where locks are on ranges. */
  private static final long BYTES = 1;

  /** What this process holds: closing a file gives up all JDK's locks of the process on it. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final Closeable lock;

  private BlobLock(Path file, Closeable lock) {
    this.file = file;
    this.lock = lock;
  }

  /**
   * Waits for the lock.
   *
   * @param file made if it is not there; it stays
   * @param waiting run if it takes long
   */
  public static BlobLock take(Path file, Runnable waiting)
      throws IOException, InterruptedException {
    Files.createDirectories(file.getParent());
    long late = System.nanoTime() + LONG.toNanos();
    boolean said = false;
    while (true) {
      BlobLock lock = tryTake(file);
      if (lock != null) {
        return lock;
      } else if (!said && System.nanoTime() - late > 0) {
        waiting.run();
        said = true;
      }
      Thread.sleep(PAUSE.toMillis());
    }
  }

  private static @Nullable BlobLock tryTake(Path file) throws IOException {
    if (!HELD.add(file)) {
      return null;
    }
    Closeable lock = null;
    try {
      lock = NativeCore.available() ? natively(file) : inJava(file);
      return lock == null ? null : new BlobLock(file, lock);
    } finally {
      if (lock == null) {
        HELD.remove(file);
      }
    }
  }

  private static @Nullable Closeable natively(Path file) {
    try {
      NativeLock lock = NativeLock.tryLock(file);
      return lock == null ? null : lock::close;
    } catch (TenonException e) {
      return () -> {}; // Not every file system has locks.
    }
  }

  private static @Nullable Closeable inJava(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    try {
      if (channel.tryLock(0, BYTES, false) != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Held in this process, by classes of another loader.
    } catch (IOException e) {
      return channel; // Not every file system has locks.
    }
    channel.close();
    return null;
  }

  @Override
  public void close() throws IOException {
    try {
      lock.close();
    } finally {
      HELD.remove(file);
    }
  }
}
