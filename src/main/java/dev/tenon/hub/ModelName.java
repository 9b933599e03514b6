package dev.tenon.hub;

import dev.tenon.TenonException;
import dev.tenon.hub.cache.Commits;
import dev.tenon.hub.http.Facts;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A model's name on the hub and one of its revisions: {@code org/name} or {@code
 * org/name@revision}. Both become names of files, so they are checked: none leads out of the cache.
 *
 * @param repo {@code org/name}, or a name alone as the oldest models have
 * @param revision a branch, a tag, or a commit
 */
public record ModelName(String repo, String revision) {
  /** The branch that is meant where none is named. */
  public static final String MAIN = "main";

  /** The hub's own rule, which {@code huggingface_hub} applies as well. */
  private static final Pattern REPO =
      Pattern.compile("(\\b[\\w\\-.]{1,96}\\b/)?\\b[\\w\\-.]{1,96}\\b");

  /** What git allows in a name, less what a file name could stumble over. */
  private static final Pattern REVISION =
      Pattern.compile(
          "(?!.*(\\.\\.|//|/\\.|\\.lock(/|$)|@\\{))[^\\s\\p{Cntrl}/.~^:?*\\[\\\\]"
              + "[^\\s\\p{Cntrl}~^:?*\\[\\\\]{0,254}(?<![/.])");

  /**
   * Checks the names.
   *
   * @throws TenonException if one is not valid
   */
  public ModelName {
    if (!isRepo(repo)) {
      throw new TenonException(
          "Not a model's name: name="
              + Facts.quote(repo)
              + ", expected=org/name or org/name@revision");
    }
    if (!REVISION.matcher(revision).matches()) {
      throw new TenonException(
          "Not a revision's name: revision=" + Facts.quote(revision) + ", model=" + repo);
    }
  }

  /**
   * Reads {@code org/name} or {@code org/name@revision}.
   *
   * @throws TenonException if it is neither
   */
  public static ModelName parse(String text) {
    int at = text.indexOf('@');
    return at < 0
        ? new ModelName(text, MAIN)
        : new ModelName(text.substring(0, at), text.substring(at + 1));
  }

  /** Reads a name, or gives null if the text cannot be one. */
  public static @Nullable ModelName find(String text) {
    try {
      return parse(text);
    } catch (TenonException e) {
      return null;
    }
  }

  /** {@return whether the revision is a commit in full} */
  boolean isCommit() {
    return Commits.isCommit(revision);
  }

  private static boolean isRepo(String repo) {
    return REPO.matcher(repo).matches()
        && !repo.contains("--")
        && !repo.contains("..")
        && !repo.endsWith(".git");
  }

  /** {@return the name as it is written; the main branch goes without saying} */
  @Override
  public String toString() {
    return revision.equals(MAIN) ? repo : repo + "@" + revision;
  }
}
