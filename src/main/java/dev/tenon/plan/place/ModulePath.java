package dev.tenon.plan.place;

/** Modules and tensors by dotted paths. */
public final class ModulePath {
  private ModulePath() {}

  /**
   * Whether a path is another one or inside it: {@code layers.1} has {@code layers.1.weight} and
   * not {@code layers.10.weight}; the empty path has everything.
   */
  public static boolean covers(String path, String name) {
    return name.startsWith(path)
        && (path.isEmpty() || name.length() == path.length() || name.charAt(path.length()) == '.');
  }
}
