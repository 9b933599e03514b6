package dev.tenon.hub;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.CheckpointFiles;
import java.nio.file.Files;
import java.nio.file.Path;

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
    return has(ModelFiles.CONFIG) && hasWeights(needed, false);
  }

  /** Whether all files that are needed are here, and what is not here is known not to exist. */
  boolean isComplete(ModelFiles needed) {
    for (String name : needed.descriptions()) {
      if (!has(name) && !isAbsent(name)) {
        return false;
      }
    }
    return hasWeights(needed, true);
  }

  private boolean hasWeights(ModelFiles needed, boolean surely) {
    for (String name : needed.weights()) {
      if (has(name)) {
        return !CheckpointFiles.isIndex(name) || hasShards(name);
      } else if (surely && !isAbsent(name)) {
        return false;
      }
    }
    return needed.weights().isEmpty();
  }

  private boolean hasShards(String index) {
    try {
      return CheckpointFiles.shards(file(index)).stream().allMatch(this::has);
    } catch (TenonException e) {
      return false;
    }
  }

  private boolean isAbsent(String name) {
    return Files.exists(folder.absence(commit, name));
  }
}
