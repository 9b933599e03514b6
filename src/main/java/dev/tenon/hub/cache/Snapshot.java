package dev.tenon.hub.cache;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.directory.CheckpointFiles;
import dev.tenon.hub.FilePatterns;
import dev.tenon.hub.Glob;
import dev.tenon.hub.ModelFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * One commit's files in the cache.
 *
 * @param folder the model's
 * @param commit in full
 */
public record Snapshot(RepoFolder folder, String commit) {

  public Path path() {
    return folder.snapshot(commit);
  }

  public Path file(String name) {
    return path().resolve(name);
  }

  boolean has(String name) {
    return Files.isRegularFile(file(name));
  }

  /** Whether all files that are needed are here, as far as one can tell without the hub. */
  public boolean suffices(ModelFiles needed) {
    if (needed.patterns().choose()) {
      return hasChosen(needed.patterns());
    }
    boolean config = !needed.needsConfig() || has(needed.config());
    return config && hasWeights(needed, false);
  }

  /** Whether all files that are needed are here, and what is not here is known not to exist. */
  public boolean isComplete(ModelFiles needed) {
    if (needed.patterns().choose()) {
      return false; // What a pattern means only a list says.
    }
    for (String name : needed.descriptions()) {
      if (!has(name) && !isAbsent(name)) {
        return false;
      }
    }
    return hasWeights(needed, true) && (!needed.tokenizer() || hasTokenizer(needed));
  }

  /** Whether for each pattern there is a file at least. */
  private boolean hasChosen(FilePatterns patterns) {
    try (Stream<Path> all = Files.walk(path())) {
      List<String> left =
          patterns.leave(
              all.filter(Files::isRegularFile)
                  .map(file -> path().relativize(file).toString())
                  .toList());
      return patterns.include().stream()
          .map(Glob::new)
          .allMatch(it -> left.stream().anyMatch(it::matches));
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  private boolean hasTokenizer(ModelFiles needed) {
    List<String> names = TokenizerNote.read(folder.tokenizer(needed.folder(), commit), needed);
    return names != null && needed.patterns().leave(names).stream().allMatch(this::has);
  }

  /**
   * What is needed according to the config, once that is here: it may name the weights itself.
   *
   * @throws TenonException if it names what weights cannot be
   */
  public ModelFiles stated(ModelFiles needed) {
    boolean asks = needed.needsConfig() && !needed.weights().isEmpty();
    String name = asks ? CheckpointFiles.stated(file(needed.config())) : null;
    return name == null ? needed : needed.stating(name);
  }

  private boolean hasWeights(ModelFiles needed, boolean surely) {
    try {
      return hasStated(stated(needed), surely);
    } catch (TenonException e) {
      return false; // Whoever downloads or loads it says so.
    }
  }

  private boolean hasStated(ModelFiles needed, boolean surely) {
    for (String name : needed.weights()) {
      if (has(name)) {
        return !CheckpointFiles.isIndex(name) || hasShards(name, needed.patterns());
      } else if (surely && !isAbsent(name)) {
        return false;
      }
    }
    return needed.weights().isEmpty();
  }

  private boolean hasShards(String index, FilePatterns patterns) {
    List<String> shards =
        CheckpointFiles.shards(file(index)).stream()
            .map(name -> ModelFiles.shard(index, name))
            .toList();
    return patterns.leave(shards).stream().allMatch(this::has);
  }

  private boolean isAbsent(String name) {
    return Files.exists(folder.absence(commit, name));
  }
}
