package dev.tenon.checkpoint.directory;

import dev.tenon.TenonException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The hidden directory a save works in, inside the one it saves to, so that a rename leads from one
 * to the other. Only one save has it at a time; what a killed one left in it goes when the next one
 * begins.
 */
public final class Staging implements AutoCloseable {
  public static final String NAME = ".tenon-save";
  private static final String LOCK = "lock";

  /** Directories this process is saving to: locks on files are the whole process's. */
  private static final Set<Path> SAVING = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final Path root;
  private final FileChannel channel;

  private Staging(Path directory, Path root, FileChannel channel) {
    this.directory = directory;
    this.root = root;
    this.channel = channel;
  }

  /**
   * Takes a directory for one save.
   *
   * @throws TenonException if another save has it
   */
  public static Staging open(Path target) throws IOException {
    Path directory = target.toRealPath();
    if (!SAVING.add(directory)) {
      throw busy(directory);
    }
    try {
      Path root = directory.resolve(NAME);
      Staging staging =
          new Staging(directory, root, Durable.uninterrupted(() -> locked(root.resolve(LOCK))));
      Switch.settle(directory);
      staging.clear();
      return staging;
    } catch (Throwable failure) {
      SAVING.remove(directory);
      throw failure;
    }
  }

  private static FileChannel locked(Path file) throws IOException {
    Files.createDirectories(file.resolveSibling(""));
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      // The save that had it before may have deleted the file between these two calls.
      byte[] mark = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
      if (lock == null
          || channel.write(ByteBuffer.wrap(mark), 0) < mark.length
          || !Files.exists(file)
          || !Arrays.equals(Files.readAllBytes(file), mark)) {
        throw busy(file.getParent().getParent());
      }
      return channel;
    } catch (Throwable failure) {
      channel.close();
      throw failure;
    }
  }

  private static TenonException busy(Path directory) {
    return new TenonException("Another save to the directory is running: directory=" + directory);
  }

  /** The directory that is saved to. */
  public Path directory() {
    return directory;
  }

  /** A path inside the staging directory. */
  public Path resolve(String name) {
    return root.resolve(name);
  }

  private void clear() throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
      for (Path entry : entries) {
        if (!entry.endsWith(LOCK)) {
          delete(entry);
        }
      }
    }
  }

  private static void delete(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
        for (Path entry : entries) {
          delete(entry);
        }
      }
    }
    Files.deleteIfExists(path);
  }

  /** Removes the staging directory and whatever is in it. */
  @Override
  public void close() throws IOException {
    try (channel) {
      Switch.settle(directory);
      clear();
      Files.delete(root.resolve(LOCK));
      Files.delete(root);
    } finally {
      SAVING.remove(directory);
    }
  }
}
