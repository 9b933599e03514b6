package dev.tenon.nativecore;

import dev.tenon.TenonException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;

/**
 * A file open for parallel reads. What the disk or a shrinking file does to a mapping with a signal
 * is an exception here. Whoever opens it closes it.
 */
@SuppressWarnings("try") // A use ends by being closed; nothing refers to it.
public final class NativeFile implements AutoCloseable {
  private final Guard guard;
  private final Path path;
  private final long descriptor;

  private NativeFile(Path path) {
    this.path = path;
    guard = new Guard(path.toString());
    long[] opened = new long[1];
    Status.check(TenonLibrary.open(bytes(path), opened), "Cannot open a file", "file=" + path);
    descriptor = opened[0];
  }

  /**
   * Opens a file.
   *
   * @throws TenonException if it cannot be read, or there is no native core
   */
  public static NativeFile open(Path path) {
    NativeCore.bestInstructionSet();
    return new NativeFile(path);
  }

  /** The path it was opened by. */
  public Path path() {
    return path;
  }

  /**
   * Reads, and converts, all items of a batch, whose sources are offsets in this file.
   *
   * @param core whose threads read
   * @param batch where from and where to
   * @throws TenonException if the file cannot be read, or ends within an item
   */
  public void read(NativeCore core, MoveBatch batch) {
    try (Guard.Use use = guard.use()) {
      core.move(descriptor, batch, "Cannot read a file", "file=" + path + ", ");
    }
  }

  /**
   * Reads a range on the calling thread.
   *
   * @param address of the first of {@code length} bytes
   * @throws TenonException if the file cannot be read, or ends within the range
   */
  public void read(long offset, long address, long length) {
    try (Guard.Use use = guard.use()) {
      Status.check(
          TenonLibrary.read(descriptor, offset, address, length),
          "Cannot read a file",
          "file=" + path + ", offset=" + offset + ", length=" + length);
    }
  }

  /**
   * Maps the file's first bytes at a multiple of 2 MiB, in huge pages where the kernel has them for
   * files; what is written to them stays in this process. {@link NativeCore#free} unmaps them,
   * before or after this file is closed.
   *
   * @param length at least 1; where the file has shrunk to less, an access ends the process
   * @return the first byte's address
   * @throws UnmappableFile if its file system maps no files
   * @throws TenonException if the file cannot be mapped
   */
  public long map(long length) {
    long[] address = new long[1];
    try (Guard.Use use = guard.use()) {
      int status = TenonLibrary.map(descriptor, length, address);
      if (status != 0) {
        TenonException failure =
            Status.failure(status, "Cannot map a file", "file=" + path + ", length=" + length);
        throw UnmappableFile.is(status)
            ? new UnmappableFile(failure.getMessage(), failure)
            : failure;
      }
    }
    return address[0];
  }

  /**
   * What tells one state of a file from another.
   *
   * @param size in bytes
   * @param modified the time of the last change
   * @param device where the file is
   * @param inode its number there
   */
  public record State(long size, Instant modified, long device, long inode) {}

  /**
   * The state of the open file, whatever is at its path by now.
   *
   * @throws TenonException if the file system does not say
   */
  public State state() {
    long[] state = new long[5];
    try (Guard.Use use = guard.use()) {
      Status.check(TenonLibrary.stat(descriptor, state), "Cannot look at a file", "file=" + path);
    }
    return new State(state[0], Instant.ofEpochSecond(state[1], state[2]), state[3], state[4]);
  }

  /** What {@code tenon_cached} says of a range of this file. */
  int cached(long offset, long bytes, long[] counts) {
    try (Guard.Use use = guard.use()) {
      return TenonLibrary.cached(descriptor, offset, bytes, counts);
    }
  }

  // As the JDK itself names files to the system.
  static byte[] bytes(Path path) {
    Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    byte[] name = path.toString().getBytes(charset);
    return Arrays.copyOf(name, name.length + 1);
  }

  /**
   * Closes the file. A second time does nothing.
   *
   * @throws TenonException if a read is running; the file then stays open
   */
  @Override
  public void close() {
    if (guard.close()) {
      Status.check(TenonLibrary.close(descriptor), "Cannot close a file", "file=" + path);
    }
  }
}
