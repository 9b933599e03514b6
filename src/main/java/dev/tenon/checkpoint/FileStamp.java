package dev.tenon.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * What tells one state of a file from another without reading it: taken when the header is read, it
 * lets a later step see that the file was replaced or written to meanwhile.
 *
 * @param size in bytes
 * @param modified the time of the last change
 * @param fileKey device and inode as text, or null where the file system has none
 */
public record FileStamp(long size, FileTime modified, @Nullable String fileKey) {

  /**
   * The stamp of a file as it is now; symbolic links are followed.
   *
   * @param file the file
   * @return its stamp
   * @throws IOException if the file cannot be looked at
   */
  public static FileStamp of(Path file) throws IOException {
    return of(Files.readAttributes(file, BasicFileAttributes.class));
  }

  static FileStamp of(BasicFileAttributes attributes) {
    Object key = attributes.fileKey();
    return new FileStamp(
        attributes.size(), attributes.lastModifiedTime(), key == null ? null : key.toString());
  }
}
