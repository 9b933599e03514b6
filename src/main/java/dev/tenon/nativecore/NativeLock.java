package dev.tenon.nativecore;

import dev.tenon.TenonException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A lock on a file as {@code flock(2)} gives it, which the JDK's own locks neither see nor keep
 * out. It ends with {@link #close}, or with the process, however that ends; the file stays.
 */
public final class NativeLock implements AutoCloseable {
  private final Path path;
  private long descriptor;

  private NativeLock(Path path, long descriptor) {
    this.path = path;
    this.descriptor = descriptor;
  }

  /**
   * Takes a file's lock if nobody has it, in this process or another; makes the file if need be.
   *
   * @return the lock, which the caller closes, or null if somebody has it
   * @throws TenonException if the file cannot be made, its file system has no such locks, or there
   *     is no native core
   */
  public static @Nullable NativeLock tryLock(Path path) {
    NativeCore.bestInstructionSet();
    long[] lock = new long[1];
    Status.check(
        TenonLibrary.lock(NativeFile.bytes(path), lock), "Cannot lock a file", "file=" + path);
    return lock[0] < 0 ? null : new NativeLock(path, lock[0]);
  }

  /** Gives the lock back. A second time does nothing. */
  @Override
  public synchronized void close() {
    if (descriptor >= 0) {
      long open = descriptor;
      descriptor = -1;
      Status.check(TenonLibrary.close(open), "Cannot give a lock back", "file=" + path);
    }
  }
}
