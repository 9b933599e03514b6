package dev.tenon.checkpoint;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Where the bytes of one file come from: ranges of something that is open and stays the same. A
 * file of the system is one, and so is whatever a {@link java.nio.file.FileSystem} names by a path:
 * an entry of an archive, an object in a store. Headers, integrity, small tensors and weights are
 * all read through it; the engine has better ways for files of the system, which it can map.
 *
 * <p>Thread-safe. Whoever opens one closes it.
 */
public interface Source extends Closeable {

  /**
   * Opens the file at a path, of whichever file system.
   *
   * @param file its path; symbolic links are followed
   * @return the file, open for reading
   * @throws IOException if it cannot be opened
   */
  static Source open(Path file) throws IOException {
    return ChannelSource.open(file);
  }

  /**
   * Tells one state of the file from another.
   *
   * @return its stamp as it is now
   * @throws IOException if it cannot be looked at
   */
  FileStamp stamp() throws IOException;

  /**
   * Reads some bytes, at least one if there is one and room for it.
   *
   * @param offset of the first, from the start of the file
   * @param into from its position to its limit; the position moves on
   * @return how many were read, or -1 if the file ends before the offset or at it
   * @throws IOException if they cannot be read
   */
  int read(long offset, ByteBuffer into) throws IOException;

  /**
   * Reads as many bytes as there is room for.
   *
   * @param offset of the first, from the start of the file
   * @param into from its position to its limit, which the position becomes
   * @throws EOFException if the file ends before
   * @throws IOException if they cannot be read
   */
  default void readFully(long offset, ByteBuffer into) throws IOException {
    for (long at = offset; into.hasRemaining(); ) {
      int read = read(at, into);
      if (read < 0) {
        throw new EOFException("The file ends early");
      }
      at += read;
    }
  }
}
