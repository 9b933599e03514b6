package dev.tenon.nativecore;

import dev.tenon.TenonException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A file that can be read and not mapped, as on some network file systems. */
public final class UnmappableFile extends TenonException {
  private static final long serialVersionUID = 1L;

  /** EACCES, ENODEV, EINVAL, ENOSYS, EOPNOTSUPP: what Linux has for it, by file system. */
  private static final Set<Integer> REFUSALS = Set.of(13, 19, 22, 38, 95);

  /**
   * The error of a map that was refused.
   *
   * @param message a sentence and its {@code key=value} facts
   * @param cause what failed, if anything was tried
   */
  public UnmappableFile(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Whether the system refuses to map such a file at all, and was not only short of something. */
  static boolean is(int status) {
    return REFUSALS.contains(status);
  }
}
