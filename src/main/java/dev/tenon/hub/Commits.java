package dev.tenon.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The commits a cache has snapshots of. */
final class Commits {
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  /** Fewer digits are taken for a branch: git itself asks for as many. */
  private static final Pattern ABBREVIATED = Pattern.compile("[0-9a-f]{4,39}");

  private Commits() {}

  /** Whether a text is a commit in full. */
  static boolean isCommit(String text) {
    return COMMIT.matcher(text).matches();
  }

  /** Whether a text may stand for a commit that begins so. */
  static boolean isAbbreviated(String text) {
    return ABBREVIATED.matcher(text).matches();
  }

  /** The commits of a snapshots directory, sorted; none if there is no such directory. */
  static List<String> in(Path snapshots) throws IOException {
    if (!Files.isDirectory(snapshots)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(snapshots)) {
      return entries
          .map(it -> it.getFileName().toString())
          .filter(Commits::isCommit)
          .sorted()
          .toList();
    }
  }
}
