package dev.tenon.checkpoint.write;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.directory.Durable;
import dev.tenon.checkpoint.directory.Staging;
import dev.tenon.checkpoint.directory.Switch;
import dev.tenon.checkpoint.directory.WeightFiles;
import dev.tenon.checkpoint.directory.WeightNames;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a checkpoint into a directory, in the place of the one it may hold. However the writing
 * ends, by an error, an interrupt or the death of the process, the directory holds the old
 * checkpoint whole or the new one.
 *
 * <p>Everything is written to new files first, and forced to the disk. Shards then get names no
 * index of the directory means. What decides which checkpoint is read, the config, the single
 * weight file and the index, changes in one step: by one rename if one of them changes, by a {@link
 * Switch} if several do. What belonged to the old checkpoint is removed afterwards, and shards that
 * had to take other names than the reference's get those, behind an index that is replaced by one
 * more rename.
 */
public final class CheckpointWriter {
  private static final String FRESH = "new";

  /** Told how far the writing is. */
  public interface Listener {
    /** Listens to nothing. */
    Listener NONE =
        new Listener() {
          @Override
          public Runnable file(String name, long bytes) {
            return () -> {};
          }

          @Override
          public void written(long done) {}
        };

    /** A file begins to be written; what this returns is run when it is on the disk. */
    Runnable file(String name, long bytes);

    /** So many bytes of all tensors are written. */
    void written(long done);
  }

  private final Staging staging;
  private final Path directory;
  private final NewCheckpoint checkpoint;
  private final List<List<NewTensor>> shards;
  private final List<Path> moved = new ArrayList<>();
  private boolean committed;

  private CheckpointWriter(Staging staging, NewCheckpoint checkpoint, long maxShardBytes) {
    this.staging = staging;
    this.directory = staging.directory();
    this.checkpoint = checkpoint;
    this.shards = Sharding.of(checkpoint.tensors(), maxShardBytes);
  }

  /**
   * Writes a checkpoint.
   *
   * @param directory where to; it is made if it is not there
   * @param checkpoint what
   * @param maxShardBytes how many bytes of tensors a file may hold, unless one tensor alone has
   *     more
   * @param listener told how far it is
   * @return the weight files
   * @throws TenonException if it cannot be written, another save to the directory runs, or the
   *     thread is interrupted, which the end of the process does too; unless the message says
   *     otherwise, the directory is as it was
   */
  @SuppressWarnings("try") // It works by being closed; nothing refers to it.
  public static List<Path> write(
      Path directory, NewCheckpoint checkpoint, long maxShardBytes, Listener listener) {
    try (ProcessEnd end = ProcessEnd.interrupting()) {
      return writeWhole(directory, checkpoint, maxShardBytes, listener);
    }
  }

  private static List<Path> writeWhole(
      Path directory, NewCheckpoint checkpoint, long maxShardBytes, Listener listener) {
    List<Path> made = new ArrayList<>();
    boolean done = false;
    try {
      make(directory.toAbsolutePath(), made);
      try (Staging staging = Staging.open(directory)) {
        CheckpointWriter writer = new CheckpointWriter(staging, checkpoint, maxShardBytes);
        try {
          return writer.run(listener);
        } finally {
          done = writer.committed;
        }
      }
    } catch (IOException e) {
      throw failure(directory, e, done);
    } finally {
      if (!done) {
        made.forEach(path -> path.toFile().delete());
      }
    }
  }

  private static void make(Path directory, List<Path> made) throws IOException {
    if (!Files.isDirectory(directory)) {
      Path parent = directory.getParent();
      if (parent != null) {
        make(parent, made);
      }
      Files.createDirectory(directory);
      made.add(0, directory);
    }
  }

  private static TenonException failure(Path directory, IOException cause, boolean done) {
    if (done) {
      return new TenonException(
          "The checkpoint is saved, but what belonged to the old one could not be removed:"
              + " directory=%s, reason=%s".formatted(directory, cause),
          cause);
    } else if (cause instanceof ClosedByInterruptException) {
      return new TenonException("Save was interrupted: directory=" + directory, cause);
    }
    return new TenonException(
        "The checkpoint cannot be saved: directory=%s, reason=%s".formatted(directory, cause),
        cause);
  }

  private List<Path> run(Listener listener) throws IOException {
    int count = shards.size();
    List<String> names = count == 1 ? WeightNames.of(1) : WeightNames.free(directory, count);
    Files.createDirectory(fresh(""));
    writeWeights(names, listener);
    Map<String, @Nullable Path> changes = smallFiles();
    try {
      if (count > 1) {
        Durable.write(fresh(WeightNames.INDEX), index(names));
        for (String name : names) {
          Durable.replace(fresh(name), directory.resolve(name));
          moved.add(directory.resolve(name));
        }
      }
      change(changes, WeightNames.SINGLE, count == 1);
      change(changes, WeightNames.INDEX, count > 1);
      Durable.force(fresh(""));
      Durable.force(directory);
      commit(changes);
    } finally {
      if (!committed) {
        for (Path shard : moved) {
          Files.deleteIfExists(shard);
        }
      }
    }
    return tidy(names);
  }

  private Path fresh(String name) {
    return staging.resolve(FRESH).resolve(name);
  }

  private void writeWeights(List<String> names, Listener listener) throws IOException {
    long[] done = {0};
    for (int i = 0; i < names.size(); i++) {
      List<NewTensor> shard = shards.get(i);
      long bytes = shard.stream().mapToLong(NewTensor::bytes).sum();
      Runnable written = listener.file(names.get(i), bytes);
      SafetensorsWriter.write(
          fresh(names.get(i)),
          shard,
          checkpoint.metadata(),
          more -> listener.written(done[0] += more));
      written.run();
    }
  }

  private byte[] index(List<String> names) throws IOException {
    Map<String, String> weightMap = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      for (NewTensor tensor : shards.get(i)) {
        weightMap.put(tensor.name(), names.get(i));
      }
    }
    return IndexWriter.json(weightMap, checkpoint.parameters(), checkpoint.bytes());
  }

  /** Writes the small files that are not yet there as they are to be; null for those to go. */
  private Map<String, @Nullable Path> smallFiles() throws IOException {
    Map<String, @Nullable Path> changes = new LinkedHashMap<>();
    for (Map.Entry<String, byte @Nullable []> file : checkpoint.files().entrySet()) {
      Path there = directory.resolve(file.getKey());
      byte[] bytes = file.getValue();
      if (bytes == null) {
        change(changes, file.getKey(), false);
      } else if (!Files.isRegularFile(there)
          || Files.size(there) != bytes.length
          || !Arrays.equals(Files.readAllBytes(there), bytes)) {
        Durable.write(fresh(file.getKey()), bytes);
        change(changes, file.getKey(), true);
      }
    }
    return changes;
  }

  private void change(Map<String, @Nullable Path> changes, String name, boolean present) {
    if (present) {
      changes.put(name, fresh(name));
    } else if (Files.exists(directory.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
      changes.put(name, null);
    }
  }

  /** Weights come last: until then a directory without any is one that does not load. */
  private void commit(Map<String, @Nullable Path> changes) throws IOException {
    if (changes.size() > 1 && WeightFiles.any(directory)) {
      Switch.exchange(staging, changes.keySet(), FRESH);
      committed = true;
      Switch.settle(directory);
    } else {
      for (Map.Entry<String, @Nullable Path> change : changes.entrySet()) {
        Path target = directory.resolve(change.getKey());
        Path file = change.getValue();
        if (file == null) {
          Files.delete(target);
        } else {
          Durable.replace(file, target);
        }
      }
      committed = true;
    }
    Durable.force(directory);
  }

  /** Removes shards of other checkpoints, and gives this one's the names the reference does. */
  private List<Path> tidy(List<String> names) throws IOException {
    List<Path> stale = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "model-*")) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (WeightNames.isShard(name) && !names.contains(name) && !Files.isDirectory(entry)) {
          stale.add(entry);
        }
      }
    }
    for (Path entry : stale) {
      Files.delete(entry);
    }
    List<String> usual = WeightNames.of(names.size());
    return names.equals(usual) || !link(names, usual) ? paths(names) : rename(names, usual);
  }

  private List<Path> rename(List<String> names, List<String> usual) throws IOException {
    Path index = staging.resolve(WeightNames.INDEX);
    Durable.write(index, index(usual));
    Durable.force(directory);
    Durable.replace(index, directory.resolve(WeightNames.INDEX));
    Durable.force(directory);
    for (String name : names) {
      Files.delete(directory.resolve(name));
    }
    return paths(usual);
  }

  /** Gives shards second names; where a file system has none, the first must do. */
  private boolean link(List<String> names, List<String> usual) throws IOException {
    for (int i = 0; i < names.size(); i++) {
      try {
        Files.createLink(directory.resolve(usual.get(i)), directory.resolve(names.get(i)));
      } catch (IOException | UnsupportedOperationException e) {
        for (String made : usual.subList(0, i)) {
          Files.delete(directory.resolve(made));
        }
        return false;
      }
    }
    return true;
  }

  private List<Path> paths(List<String> names) {
    return names.stream().map(directory::resolve).toList();
  }
}
