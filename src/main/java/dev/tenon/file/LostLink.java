package dev.tenon.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A link that leads nowhere: what it was to lead to was deleted, or never came. */
public final class LostLink {
  /** A file of a snapshot in {@code huggingface_hub}'s cache. */
  private static final Pattern CACHED =
      Pattern.compile("(?:.*/)?models--([^/]+)/snapshots/([0-9a-f]{40})/.+");

  private LostLink() {}

  /**
   * What an error says of a file that is not there, after the file's name.
   *
   * @return where its link leads and, in the Hugging Face cache, the remedy; empty if it is no link
   */
  public static String facts(Path file) {
    try {
      if (!Files.isSymbolicLink(file) || Files.exists(file)) {
        return "";
      }
      String link = ", link to=" + Files.readSymbolicLink(file);
      Matcher cached = CACHED.matcher(file.toAbsolutePath().toString().replace('\\', '/'));
      return cached.matches()
          ? "%s; %s@%s with --download brings it again"
              .formatted(link, cached.group(1).replace("--", "/"), cached.group(2))
          : link;
    } catch (IOException e) {
      return ""; // Meanwhile it is another, or none.
    }
  }
}
