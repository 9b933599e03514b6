package dev.tenon.file;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The model that a path in {@code huggingface_hub}'s cache belongs to. */
public final class CachedModel {
  private static final Pattern SNAPSHOT =
      Pattern.compile("(?:.*/)?models--([^/]+)/snapshots/([0-9a-f]{40})/.+");

  private CachedModel() {}

  /**
   * The model's name, with the commit.
   *
   * @param path of a file or a folder in a snapshot, whether or not there is one
   * @return {@code org/name@commit}, or null if the path is in no snapshot
   */
  public static @Nullable String of(Path path) {
    Matcher cached = SNAPSHOT.matcher(path.toAbsolutePath().toString().replace('\\', '/'));
    return cached.matches() ? cached.group(1).replace("--", "/") + "@" + cached.group(2) : null;
  }
}
