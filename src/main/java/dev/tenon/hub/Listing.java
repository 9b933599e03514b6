package dev.tenon.hub;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.CheckpointFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds which of the files that are needed a repository has, by asking for them. */
final class Listing {
  private static final int MOST_SHARDS = 10_000;

  private final ModelName model;
  private final ModelFiles needed;
  private final Repository repository;
  private final Crew crew;

  Listing(ModelName model, ModelFiles needed, Repository repository, Crew crew) {
    this.model = model;
    this.needed = needed;
    this.repository = repository;
    this.crew = crew;
  }

  /**
   * All files that are needed; what the repository has not is noted in the snapshot.
   *
   * @param fetch brings an index, which says what else is needed
   */
  List<RemoteFile> files(Fetch fetch, SnapshotWriter snapshot)
      throws IOException, InterruptedException {
    List<RemoteFile> files = present(needed.descriptions(), snapshot);
    if (needed.weights().isEmpty()) {
      if (files.stream().noneMatch(file -> file.name().equals(ModelFiles.CONFIG))) {
        throw new TenonException("The model has no config.json: model=" + model);
      }
      return files;
    }
    RemoteFile weights = weights(snapshot);
    files.add(weights);
    if (CheckpointFiles.isIndex(weights.name())) {
      fetch.file(weights, new Tally(HubListener.NONE, weights.size()));
      files.addAll(shards(CheckpointFiles.shards(snapshot.snapshot().file(weights.name()))));
    }
    return files;
  }

  private List<RemoteFile> present(List<String> names, SnapshotWriter snapshot)
      throws IOException, InterruptedException {
    List<RemoteFile> files = new ArrayList<>();
    for (RemoteFile file : crew.all(names, name -> find(name, snapshot))) {
      if (file != null) {
        files.add(file);
      }
    }
    return files;
  }

  private RemoteFile weights(SnapshotWriter snapshot) throws IOException, InterruptedException {
    for (String name : needed.weights()) {
      RemoteFile file = find(name, snapshot);
      if (file != null) {
        return file;
      }
    }
    throw new TenonException(
        "The model has no weights that a load could use: model=%s, looked for=%s"
            .formatted(model, String.join(" | ", needed.weights())));
  }

  private @Nullable RemoteFile find(String name, SnapshotWriter snapshot)
      throws IOException, InterruptedException {
    RemoteFile file = repository.find(name);
    if (file == null) {
      snapshot.markAbsent(name);
    }
    return file;
  }

  private List<RemoteFile> shards(List<String> names) throws IOException, InterruptedException {
    if (names.size() > MOST_SHARDS) {
      throw new TenonException(
          "An index lists too many shards: model=%s, shards=%d, most=%d"
              .formatted(model, names.size(), MOST_SHARDS));
    }
    List<@Nullable RemoteFile> shards = crew.all(names, repository::find);
    int missing = shards.indexOf(null);
    if (missing >= 0) {
      throw new TenonException(
          "The model lacks a shard its index lists: model=%s, file=%s"
              .formatted(model, Facts.quote(names.get(missing))));
    }
    return shards.stream().map(Objects::requireNonNull).toList();
  }
}
