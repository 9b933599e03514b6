package dev.tenon.hub;

import java.util.ArrayList;
import java.util.List;

/**
 * Which files of a model are to be downloaded, by patterns on their paths in the repository, as
 * {@code allow_patterns} and {@code ignore_patterns} of {@code huggingface_hub}'s {@code
 * snapshot_download}: {@code *} is any characters, {@code /} among them, {@code ?} any one, {@code
 * [a-z]} and {@code [!a-z]} one of several, and {@code onnx/} all below it. Immutable.
 *
 * @param include a file matches at least one of these; where there is none, the files are those a
 *     load needs
 * @param exclude a file matches none of these
 */
public record FilePatterns(List<String> include, List<String> exclude) {
  /** What a load needs, all of it. */
  public static final FilePatterns NONE = new FilePatterns(List.of(), List.of());

  /** Copies the lists. */
  public FilePatterns {
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
  }

  /** Whether the files are chosen by name, whatever a load needs. */
  public boolean choose() {
    return !include.isEmpty();
  }

  /** These, without what others exclude. */
  FilePatterns with(FilePatterns others) {
    List<String> all = new ArrayList<>(exclude);
    all.addAll(others.exclude);
    return new FilePatterns(include, all);
  }

  boolean includes(String path) {
    return any(include, path);
  }

  boolean excludes(String path) {
    return any(exclude, path);
  }

  /** Those of several paths that are not excluded. */
  public List<String> leave(List<String> paths) {
    return paths.stream().filter(path -> !excludes(path)).toList();
  }

  private static boolean any(List<String> patterns, String path) {
    for (String pattern : patterns) {
      if (new Glob(pattern).matches(path)) {
        return true;
      }
    }
    return false;
  }

  /** {@return the patterns as facts of an error} */
  String facts() {
    return "include=%s, exclude=%s"
        .formatted(String.join(" | ", include), String.join(" | ", exclude));
  }
}
