package dev.tenon.hub;

import dev.tenon.TenonException;
import dev.tenon.hub.cache.Commits;
import dev.tenon.hub.cache.RepoFolder;
import dev.tenon.hub.http.Facts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The models on this machine, in the directory and the layout of {@code huggingface_hub}. Reads the
 * disk alone. Stateless and thread-safe; what other programs add is seen at once.
 */
public final class HubCache {
  private final Path root;

  private HubCache(Path root) {
    this.root = root;
  }

  /**
   * The cache {@code huggingface_hub} would use: {@code HF_HUB_CACHE}, else {@code hub} in {@code
   * HF_HOME}, else {@code huggingface/hub} in {@code XDG_CACHE_HOME} or {@code ~/.cache}.
   */
  public static HubCache standard() {
    return at(Environment.ofProcess().cache());
  }

  /** The cache in a directory, which need not exist yet. */
  public static HubCache at(Path root) {
    return new HubCache(root.toAbsolutePath().normalize());
  }

  /** {@return the cache's directory} */
  public Path root() {
    return root;
  }

  /**
   * Finds a model's files.
   *
   * @return the snapshot's directory, as complete as whoever filled it left it; null if there is
   *     none
   * @throws TenonException if the revision abbreviates several commits, or the cache is damaged
   */
  public @Nullable Path find(ModelName model) {
    RepoFolder folder = folder(model);
    try {
      String commit = commit(folder, model.revision());
      Path snapshot = commit == null ? null : folder.snapshot(commit);
      return snapshot != null && Files.isDirectory(snapshot) ? snapshot : null;
    } catch (IOException e) {
      throw new TenonException(
          "The cache cannot be read: model=%s, folder=%s, reason=%s"
              .formatted(model, folder.path(), Facts.reason(e)),
          e);
    }
  }

  /**
   * Finds a model's files.
   *
   * @return the snapshot's directory
   * @throws TenonException if there is none; it names what was looked for, and the remedy
   */
  public Path require(ModelName model) {
    Path snapshot = find(model);
    if (snapshot == null) {
      throw missing(model);
    }
    return snapshot;
  }

  /** {@return the file that says which commit a revision stands for; it need not be there} */
  public Path ref(ModelName model) {
    return folder(model).ref(model.revision());
  }

  private TenonException missing(ModelName model) {
    RepoFolder folder = folder(model);
    String what =
        Files.isDirectory(folder.snapshots())
            ? "The cache has the model, but not this revision"
            : "No such file, and no such model in the cache";
    return new TenonException(
        "%s: model=%s, revision=%s, folder=%s; tenon download fetches it"
            .formatted(what, model.repo(), model.revision(), folder.path()));
  }

  RepoFolder folder(ModelName model) {
    return new RepoFolder(root, model.repo());
  }

  /** The commit a revision stands for, or null if the cache does not know. */
  private static @Nullable String commit(RepoFolder folder, String revision) throws IOException {
    Path ref = folder.ref(revision);
    if (Files.isRegularFile(ref)) {
      String commit = Commits.read(ref).replaceFirst("\\s{1,2}$", "");
      if (!Commits.isCommit(commit)) {
        throw new TenonException(
            "Not a commit in a cache's ref: file=" + ref + "; delete the file");
      }
      return commit;
    } else if (Commits.isCommit(revision)) {
      return revision;
    } else if (!Commits.isAbbreviated(revision)) {
      return null;
    }
    List<String> begun =
        Commits.in(folder.snapshots()).stream().filter(it -> it.startsWith(revision)).toList();
    if (begun.size() > 1) {
      throw new TenonException(
          "Several commits begin with the revision: revision=%s, commits=%s"
              .formatted(revision, begun));
    }
    return begun.isEmpty() ? null : begun.get(0);
  }
}
