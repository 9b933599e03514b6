package dev.tenon.integrity;

import dev.tenon.TenonException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * A hash that a file's bytes are to have because the file is named by it.
 *
 * @param file the file, which the hash names
 * @param hex the hash, in lower case
 * @param digest computes it, and has seen what it begins with; for one reading
 */
public record NamedHash(Path file, String hex, MessageDigest digest) {
  private static final int BUFFER = 1 << 16;

  /**
   * Reads the file for its hash alone.
   *
   * @throws TenonException if it is another, or the file cannot be read
   */
  public void check() {
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        digest.update(buffer, 0, length);
      }
    } catch (IOException e) {
      throw new TenonException("Reading failed: file=" + file + ", reason=" + e.getMessage(), e);
    }
    requireRight();
  }

  FilePass.Sink sink() {
    return (bytes, length, position) -> digest.update(bytes, 0, length);
  }

  /** Judges once all bytes have been seen. */
  void requireRight() {
    String actual = HexFormat.of().formatHex(digest.digest());
    if (!actual.equals(hex)) {
      throw new TenonException(
          "The bytes are not those of the hash in the file's name: file=%s, actual=%s; delete the"
                  .formatted(file, actual)
              + " file and download it again");
    }
  }
}
