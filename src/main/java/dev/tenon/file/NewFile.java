package dev.tenon.file;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file that appears when it is whole: it is written beside its place and then takes it. Whatever
 * goes wrong, what was there before is still there, and nothing else. A device or a pipe, {@code
 * /dev/stdout} for one, is written to as it stands. For one thread.
 */
public final class NewFile implements AutoCloseable {
  /** In characters, of which each takes three bytes at most. */
  private static final int MOST_KEPT = 64;

  private final Path place;
  private final Path unfinished;

  private NewFile(Path place, Path unfinished) {
    this.place = place;
    this.unfinished = unfinished;
  }

  /**
   * Begins a file, so that one that cannot be made is noticed before the work it tells of.
   *
   * @param file where it is to be; a symbolic link stays one
   * @return the file, which the caller closes
   * @throws IOException if no file can be made there
   */
  public static NewFile create(Path file) throws IOException {
    Path place = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    Path name = place.getFileName();
    if (name == null || Files.isDirectory(place)) {
      throw new IOException("Is a directory");
    } else if (Files.exists(place) && !Files.isRegularFile(place)) {
      return new NewFile(place, place);
    }
    String suffix = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path unfinished = place.resolveSibling(shortened(name.toString()) + "." + suffix + ".tmp");
    try {
      Files.createFile(unfinished);
    } catch (IOException e) {
      Files.deleteIfExists(unfinished);
      throw e;
    }
    return new NewFile(place, unfinished);
  }

  /** A name that leaves room for more within the 255 bytes of a name. */
  private static String shortened(String name) {
    int end = Math.min(name.length(), MOST_KEPT);
    boolean pair =
        end > 0 && end < name.length() && Character.isHighSurrogate(name.charAt(end - 1));
    return name.substring(0, pair ? end - 1 : end);
  }

  /** Writes a file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes all of it.
     *
     * @param out buffered; closed by the caller
     * @throws IOException if the file cannot be written
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes the file and gives it its name. An interrupt does not hinder it.
   *
   * @throws IOException if it cannot be written
   */
  public void write(Content content) throws IOException {
    try (OutputStream out = new BufferedOutputStream(new FileOutputStream(unfinished.toFile()))) {
      content.writeTo(out);
    }
    if (!unfinished.equals(place)) {
      Files.move(unfinished, place, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /**
   * Deletes what is unfinished.
   *
   * @throws IOException if it cannot be deleted
   */
  @Override
  public void close() throws IOException {
    if (!unfinished.equals(place)) {
      Files.deleteIfExists(unfinished);
    }
  }
}
