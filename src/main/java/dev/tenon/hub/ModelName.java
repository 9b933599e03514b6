package dev.tenon.hub;

import dev.tenon.TenonException;
import dev.tenon.hub.cache.Commits;
import dev.tenon.hub.cache.RepoPaths;
import dev.tenon.hub.http.Facts;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A model's name on the hub and one of its revisions: {@code org/name} or {@code
 * org/name@revision}, and where a repository holds several models, the file that is one: {@code
 * org/name:model.gguf}. All become names of files, so they are checked: none leads out of the
 * cache.
 *
 * @param repo {@code org/name}, or a name alone as the oldest models have
 * @param revision a branch, a tag, or a commit
 * @param file a GGUF file by its path in the repository, of a model in parts any; null for what a
 *     repository holds under usual names
 */
public record ModelName(String repo, String revision, @Nullable String file) {
  /** The branch that is meant where none is named. */
  public static final String MAIN = "main";

  private static final String GGUF = ".gguf";

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
    if (file != null && !(file.endsWith(GGUF) && RepoPaths.isSafe(file))) {
      throw new TenonException(
          "Not a GGUF file's name: file=" + Facts.quote(file) + ", model=" + repo);
    }
  }

  /** A name without a file. */
  public ModelName(String repo, String revision) {
    this(repo, revision, null);
  }

  /**
   * Reads {@code org/name} or {@code org/name@revision}, each perhaps with {@code :model.gguf}.
   *
   * @throws TenonException if it is none of these
   */
  public static ModelName parse(String text) {
    int colon = text.endsWith(GGUF) ? text.indexOf(':') : -1;
    String file = colon < 0 ? null : text.substring(colon + 1);
    String name = colon < 0 ? text : text.substring(0, colon);
    int at = name.indexOf('@');
    return at < 0
        ? new ModelName(name, MAIN, file)
        : new ModelName(name.substring(0, at), name.substring(at + 1), file);
  }

  /** The patterns its file goes by: of a model in parts, all of them; none without a file. */
  FilePatterns patterns() {
    return file == null
        ? FilePatterns.NONE
        : new FilePatterns(
            List.of(file.replaceFirst("-\\d{5}(-of-\\d{5}\\.gguf)$", "-?????$1")), List.of());
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
    String name = revision.equals(MAIN) ? repo : repo + "@" + revision;
    return file == null ? name : name + ":" + file;
  }
}
