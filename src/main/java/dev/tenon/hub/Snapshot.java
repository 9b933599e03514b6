package dev.tenon.hub;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.CheckpointFiles;
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
record Snapshot(RepoFolder folder, String commit) {

  Path path() {
    return folder.snapshot(commit);
  }

  Path file(String name) {
    return path().resolve(name);
  }

  boolean has(String name) {
    return Files.isRegularFile(file(name));
  }

  /** Whether all files that are needed are here, as far as one can tell without the hub. */
  boolean suffices(ModelFiles needed) {
    if (needed.patterns().choose()) {
      return hasChosen(needed.patterns());
    }
    boolean config = !needed.descriptions().contains(ModelFiles.CONFIG) || has(ModelFiles.CONFIG);
    return config && hasWeights(needed, false);
  }

  /** Whether all files that are needed are here, and what is not here is known not to exist. */
  boolean isComplete(ModelFiles needed) {
    if (needed.patterns().choose()) {
      return false; // What a pattern means only a list says.
    }
    for (String name : needed.descriptions()) {
      if (!has(name) && !isAbsent(name)) {
        return false;
      }
    }
    return hasWeights(needed, true) && (!needed.tokenizer() || hasTokenizer(needed.patterns()));
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

  private boolean hasTokenizer(FilePatterns patterns) {
    List<String> names = TokenizerNote.read(folder.tokenizer(commit));
    return names != null && patterns.leave(names).stream().allMatch(this::has);
  }

  private boolean hasWeights(ModelFiles needed, boolean surely) {
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
    try {
      List<String> shards = CheckpointFiles.shards(file(index));
      return patterns.leave(shards).stream().allMatch(this::has);
    } catch (TenonException e) {
      return false;
    }
  }

  private boolean isAbsent(String name) {
    return Files.exists(folder.absence(commit, name));
  }
}
