package dev.tenon.hub.cache;

import java.nio.file.Path;

/**
 * Where the files of one model are in the cache: contents under their hash in {@code blobs}, links
 * to them under their own names in {@code snapshots}, a directory a commit, and in {@code refs} the
 * commit of each branch and tag. The layout is {@code huggingface_hub}'s.
 *
 * @param root of the cache
 * @param repo {@code org/name}
 */
public record RepoFolder(Path root, String repo) {
  private static final String SEPARATOR = "--";

  /** The folder of all but the locks. */
  public Path path() {
    return root.resolve(name());
  }

  Path blobs() {
    return path().resolve("blobs");
  }

  public Path snapshots() {
    return path().resolve("snapshots");
  }

  public Path snapshot(String commit) {
    return snapshots().resolve(commit);
  }

  /** The file that holds the commit of a branch or a tag. */
  public Path ref(String revision) {
    return path().resolve("refs").resolve(revision);
  }

  /** The file that marks that a commit has no file of a name. */
  Path absence(String commit, String file) {
    return path().resolve(".no_exist").resolve(commit).resolve(file);
  }

  /**
   * Tenon's own note of the files of a commit that are a tokenizer's, a line each.
   *
   * @param folder of the repository that they are in, with a slash at its end, or empty
   */
  Path tokenizer(String folder, String commit) {
    return path().resolve(".tokenizer").resolve(folder + commit);
  }

  /** The file whose lock is for who downloads a blob. */
  public Path lock(String blob) {
    return root.resolve(".locks").resolve(name()).resolve(blob + ".lock");
  }

  private String name() {
    return "models" + SEPARATOR + repo.replace("/", SEPARATOR);
  }
}
