package dev.tenon.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A weight file that is no longer what it was when its header was read.
 *
 * @param file where it was
 * @param kind what happened to it
 * @param expected its stamp then
 * @param actual the stamp of what is there now, or null if there is nothing
 */
public record ChangedFile(Path file, Kind kind, FileStamp expected, @Nullable FileStamp actual) {

  /** What happens to files. */
  public enum Kind {
    /** It can no longer be looked at. Mappings of it still hold its bytes. */
    GONE,
    /** Another file has its name. Mappings still hold the bytes of the one that was there. */
    REPLACED,
    /** It was cut. An access to a mapping beyond its end ends the process. */
    TRUNCATED,
    /** Bytes were written to it. A mapping may show them. */
    WRITTEN
  }

  /**
   * Compares a file with what it was.
   *
   * @param file its path
   * @param expected its stamp then
   * @return what happened to it, or null if nothing did that its stamp would show
   */
  public static @Nullable ChangedFile of(Path file, FileStamp expected) {
    try {
      return of(file, expected, FileStamp.of(file));
    } catch (IOException e) {
      return new ChangedFile(file, Kind.GONE, expected, null);
    }
  }

  /**
   * Compares two stamps of a file.
   *
   * @param file its path
   * @param expected its stamp when its header was read
   * @param actual its stamp now
   * @return what happened to it, or null if the stamps are equal
   */
  public static @Nullable ChangedFile of(Path file, FileStamp expected, FileStamp actual) {
    if (actual.equals(expected)) {
      return null;
    }
    Kind kind =
        !Objects.equals(actual.fileKey(), expected.fileKey())
            ? Kind.REPLACED
            : actual.size() < expected.size() ? Kind.TRUNCATED : Kind.WRITTEN;
    return new ChangedFile(file, kind, expected, actual);
  }

  /** {@return a sentence that says what happened, and the facts} */
  public String message() {
    return switch (kind) {
      case GONE -> "Weight file went away after its header was read: file=" + file;
      case REPLACED ->
          facts("was replaced", expected.fileKey(), actual == null ? null : actual.fileKey());
      case TRUNCATED ->
          facts("was truncated", expected.size(), actual == null ? null : actual.size());
      case WRITTEN ->
          facts("was written to", expected.modified(), actual == null ? null : actual.modified());
    };
  }

  private String facts(String what, @Nullable Object was, @Nullable Object is) {
    return "Weight file "
        + what
        + " after its header was read: file="
        + file
        + ", expected="
        + was
        + ", actual="
        + is;
  }
}
