package dev.tenon.hub.cache;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Judges a file's path in a repository, which a server said, as a path below a directory. */
public final class RepoPaths {
  private static final int LONGEST = 1024;
  private static final int LONGEST_NAME = 255;

  private RepoPaths() {}

  /** Whether a path leads to a file below any directory it is resolved against, on any system. */
  public static boolean isSafe(String path) {
    if (path.length() > LONGEST || path.indexOf('\\') >= 0) {
      return false;
    }
    for (String name : path.split("/", -1)) {
      if (!isName(name)) {
        return false;
      }
    }
    try {
      return Path.of(path).getRoot() == null;
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static boolean isName(String name) {
    return !name.isEmpty()
        && !name.equals(".")
        && !name.equals("..")
        && name.chars().noneMatch(Character::isISOControl)
        && name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME;
  }
}
