package dev.tenon.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What tells one state of a file from another without reading it: taken before the header is read,
 * it lets a later step see that the file was replaced or written to meanwhile.
 *
 * <p>It cannot tell a write of the same size within one tick of the file system's clock (4 ms on
 * Linux before 6.13, 2 s on FAT), nor one whose author sets the time back.
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
    if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      BasicFileAttributes basic = Files.readAttributes(file, BasicFileAttributes.class);
      Object key = basic.fileKey();
      return new FileStamp(
          basic.size(), basic.lastModifiedTime(), key == null ? null : key.toString());
    }
    Map<String, Object> now = Files.readAttributes(file, "unix:size,lastModifiedTime,dev,ino");
    return new FileStamp(
        (long) now.get("size"),
        (FileTime) now.get("lastModifiedTime"),
        key((long) now.get("dev"), (long) now.get("ino")));
  }

  /**
   * The stamp that {@link #of(Path)} gives for a file of which {@code fstat} says this.
   *
   * @param size in bytes
   * @param modified the time of the last change
   * @param device where the file is
   * @param inode its number there
   * @return its stamp
   */
  public static FileStamp of(long size, Instant modified, long device, long inode) {
    return new FileStamp(size, FileTime.from(modified), key(device, inode));
  }

  // Written out: Java makes a record's own at their first call, in the first load's time.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FileStamp stamp
        && stamp.size == size
        && stamp.modified.equals(modified)
        && Objects.equals(stamp.fileKey, fileKey);
  }

  @Override
  public int hashCode() {
    return Objects.hash(size, modified, fileKey);
  }

  private static String key(long device, long inode) {
    return "device " + Long.toHexString(device) + " inode " + inode;
  }
}
