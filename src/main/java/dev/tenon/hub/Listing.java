package dev.tenon.hub;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.directory.CheckpointFiles;
import dev.tenon.hub.cache.RemoteFile;
import dev.tenon.hub.cache.RepoPaths;
import dev.tenon.hub.cache.SnapshotWriter;
import dev.tenon.hub.http.Facts;
import dev.tenon.hub.http.Tally;
import dev.tenon.hub.http.Unavailable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds which of the files that are needed a repository has, by asking for them. */
final class Listing {
  private static final int MOST_FILES = 10_000;

  /** Descriptions and indexes are read as a whole. */
  private static final long LARGEST_JSON = 256L << 20;

  private final HubListener listener;
  private final ModelName model;
  private final ModelFiles needed;
  private final Repository repository;
  private final Crew crew;
  private List<String> tokenizer = List.of();
  private long brought;

  Listing(
      HubListener listener, ModelName model, ModelFiles needed, Repository repository, Crew crew) {
    this.listener = listener;
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
    if (needed.patterns().choose()) {
      return chosen();
    }
    List<RemoteFile> files = present(needed.descriptions(), snapshot);
    RemoteFile config = config(files);
    if (!needed.weights().isEmpty()) {
      if (config != null) {
        bring(config, fetch, snapshot);
      }
      files.addAll(weights(config, fetch, snapshot));
    } else if (config == null && needed.needsConfig()) {
      throw new TenonException("The model has no config.json: model=" + model + needed.facts());
    }
    if (needed.tokenizer()) {
      files.addAll(tokenizerFiles(snapshot));
    }
    return files;
  }

  /** The bytes of files that say what else is needed, as far as they were not there. */
  long brought() {
    return brought;
  }

  private void bring(RemoteFile file, Fetch fetch, SnapshotWriter snapshot)
      throws IOException, InterruptedException {
    brought += snapshot.has(file) ? 0 : file.size();
    fetch.file(file, new Tally(HubListener.NONE, file.size()));
  }

  private @Nullable RemoteFile config(List<RemoteFile> files) {
    for (RemoteFile file : files) {
      if (file.name().equals(needed.config())) {
        return file;
      }
    }
    return null;
  }

  /** The weight file, or the index and the shards it lists; none where all are excluded. */
  private List<RemoteFile> weights(
      @Nullable RemoteFile config, Fetch fetch, SnapshotWriter snapshot)
      throws IOException, InterruptedException {
    ModelFiles stated = config == null ? needed : snapshot.snapshot().stated(needed);
    if (stated.weights().isEmpty()) {
      return List.of();
    }
    List<RemoteFile> files = new ArrayList<>();
    RemoteFile weights = weights(stated, snapshot);
    files.add(weights);
    if (CheckpointFiles.isIndex(weights.name())) {
      bring(weights, fetch, snapshot);
      List<String> shards = new ArrayList<>();
      for (String shard : CheckpointFiles.shards(snapshot.snapshot().file(weights.name()))) {
        shards.add(ModelFiles.shard(weights.name(), shard));
      }
      files.addAll(shards(shards));
    }
    return files;
  }

  /** The names of the tokenizer's files, those that are not needed included. */
  List<String> tokenizer() {
    return tokenizer;
  }

  private List<RemoteFile> tokenizerFiles(SnapshotWriter snapshot)
      throws IOException, InterruptedException {
    List<String> listed = listed();
    if (listed != null) {
      tokenizer = listed.stream().filter(needed::isTokenizer).sorted().distinct().toList();
      return all(
          needed.patterns().leave(tokenizer), "The hub lists a file that it has not", "files");
    }
    new Tally(listener, 0)
        .warn(
            "The hub lists no files, so a tokenizer's are looked for by their usual names: model="
                + model);
    List<String> names = needed.usualTokenizer();
    List<String> usual = needed.patterns().leave(names);
    List<RemoteFile> files = present(usual, snapshot);
    tokenizer =
        names.stream()
            .filter(
                name ->
                    !usual.contains(name) || files.stream().anyMatch(it -> it.name().equals(name)))
            .sorted()
            .toList();
    return files;
  }

  private @Nullable List<String> listed() throws InterruptedException {
    try {
      return repository.list();
    } catch (Unavailable e) {
      return null; // Some serve files and nothing else.
    }
  }

  /** The files that are chosen by name; what is not chosen may have any. */
  private List<RemoteFile> chosen() throws IOException, InterruptedException {
    List<String> listed = repository.list();
    if (listed == null) {
      throw new Unavailable(
          "The hub lists no files, or too many, which to include some needs: model=%s, %s"
              .formatted(model, needed.patterns().facts()));
    }
    List<String> chosen =
        needed.patterns().leave(listed.stream().filter(needed.patterns()::includes).toList());
    if (chosen.isEmpty()) {
      throw new TenonException(
          "No file of the model matches: model=%s, %s, files=%d"
              .formatted(model, needed.patterns().facts(), listed.size()));
    }
    return all(
        chosen.stream().sorted().distinct().toList(),
        "The hub lists a file that it has not",
        "files");
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

  private RemoteFile weights(ModelFiles stated, SnapshotWriter snapshot)
      throws IOException, InterruptedException {
    for (String name : stated.weights()) {
      RemoteFile file = find(name, snapshot);
      if (file != null) {
        return file;
      }
    }
    throw new TenonException(
        "%s: model=%s, looked for=%s"
            .formatted(
                stated == needed
                    ? "The model has no weights that a load could use"
                    : "The model lacks the weights its config names",
                model,
                String.join(" | ", stated.weights())));
  }

  private @Nullable RemoteFile find(String name, SnapshotWriter snapshot)
      throws IOException, InterruptedException {
    RemoteFile file = repository.find(name);
    if (file == null) {
      snapshot.markAbsent(name);
    } else if (name.endsWith(".json") && file.size() > LARGEST_JSON) {
      throw new TenonException(
          "A file that describes a model is too large: model=%s, file=%s, bytes=%d"
              .formatted(model, name, file.size()));
    }
    return file;
  }

  private List<RemoteFile> shards(List<String> names) throws IOException, InterruptedException {
    return all(needed.patterns().leave(names), "The model lacks a shard its index lists", "shards");
  }

  /**
   * Files that have to be there.
   *
   * @param lack the sentence for one that is not
   * @param what they are called
   */
  private List<RemoteFile> all(List<String> names, String lack, String what)
      throws IOException, InterruptedException {
    if (names.size() > MOST_FILES) {
      throw new TenonException(
          "Too many files for one download: model=%s, %s=%d, most=%d"
              .formatted(model, what, names.size(), MOST_FILES));
    }
    for (String name : names) {
      if (!RepoPaths.isSafe(name)) {
        throw new TenonException(
            "A path in the model is none to make a file of: model=%s, file=%s; exclude it"
                .formatted(model, Facts.quote(name)));
      }
    }
    List<@Nullable RemoteFile> files = crew.all(names, repository::find);
    int missing = files.indexOf(null);
    if (missing >= 0) {
      throw new TenonException(
          "%s: model=%s, file=%s".formatted(lack, model, Facts.quote(names.get(missing))));
    }
    return files.stream().map(Objects::requireNonNull).toList();
  }
}
