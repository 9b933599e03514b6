package dev.tenon.checkpoint.directory;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** Changes of a directory that outlive a loss of power, in the order they were made. */
public final class Durable {
  private static final boolean DIRECTORIES_OPEN =
      !System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");

  private Durable() {}

  /** Writes a small new file and forces it to the disk; an interrupt does not hinder it. */
  public static void write(Path file, byte[] bytes) throws IOException {
    try (FileOutputStream stream = new FileOutputStream(file.toFile())) {
      stream.write(bytes);
      stream.getFD().sync();
    }
  }

  /** Puts a file or a link in the place of whatever bears the other name, in one step. */
  public static void replace(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Forces a directory's names to the disk. */
  public static void force(Path directory) throws IOException {
    if (DIRECTORIES_OPEN) {
      uninterrupted(
          () -> {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
              channel.force(true);
              return true;
            }
          });
    }
  }

  /** Something that an interrupt would break off. */
  interface Step<T> {
    T run() throws IOException;
  }

  /**
   * Takes a step whether or not the thread is interrupted, since what is half made durable would be
   * worse than late; the thread's status is set again.
   */
  static <T> T uninterrupted(Step<T> step) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return step.run();
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
