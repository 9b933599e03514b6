package dev.tenon.hub.cache;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The commits a cache has snapshots of. */
public final class Commits {
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  /** Fewer digits are taken for a branch: git itself asks for as many. */
  private static final Pattern ABBREVIATED = Pattern.compile("[0-9a-f]{4,39}");

  /** A commit, the end of a line, and what shows that there is more. */
  private static final int LONGEST_REF = 43;

  private Commits() {}

  /** Whether a text is a commit in full. */
  public static boolean isCommit(String text) {
    return COMMIT.matcher(text).matches();
  }

  /** Whether a text may stand for a commit that begins so. */
  public static boolean isAbbreviated(String text) {
    return ABBREVIATED.matcher(text).matches();
  }

  /**
   * What a ref says, no further than a commit and the end of its line are long; empty if there is
   * none. A file that goes on after them says something that is no commit.
   */
  public static String read(Path ref) throws IOException {
    if (!Files.isRegularFile(ref)) {
      return "";
    }
    try (InputStream in = Files.newInputStream(ref)) {
      return new String(in.readNBytes(LONGEST_REF), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  /** The commits of a snapshots directory, sorted; none if there is no such directory. */
  public static List<String> in(Path snapshots) throws IOException {
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
