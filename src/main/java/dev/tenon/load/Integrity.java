package dev.tenon.load;

import dev.tenon.LoadProgress;
import dev.tenon.TenonException;
import dev.tenon.VerifyOptions;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.NonFinite;
import dev.tenon.checkpoint.Shard;
import dev.tenon.checkpoint.Verification;
import dev.tenon.hub.CachedBlob;
import dev.tenon.integrity.CheckpointDigest;
import dev.tenon.integrity.DataScan;
import dev.tenon.integrity.DigestCheck;
import dev.tenon.integrity.NamedHash;
import dev.tenon.integrity.ReadProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** From paths to what is read of their files. */
public final class Integrity {
  private Integrity() {}

  public static Verification verify(Path path, VerifyOptions options) {
    if (!options.data()) {
      return Verification.of(path);
    }
    List<Shard> files = new ArrayList<>();
    Verification headers = Verification.of(path, files::add);
    Map<Path, NamedHash> hashes = hashes(path);
    int hashed = hashes.size();
    ReadProgress progress = phase(options.progress());
    List<NonFinite> found = null;
    if (options.nonFinite()) {
      found = DataScan.nonFinite(files, hashes, progress);
    } else {
      DataScan.read(files, hashes, progress);
    }
    files.forEach(shard -> hashes.remove(shard.file()));
    hashes.values().forEach(NamedHash::check);
    return headers.read(found, hashed);
  }

  /** The hashes that the hub's cache names files by: that of a file, or all of a directory. */
  private static Map<Path, NamedHash> hashes(Path path) {
    Map<Path, NamedHash> hashes = new HashMap<>();
    try {
      for (Path file : Files.isDirectory(path) ? files(path) : List.of(path)) {
        CachedBlob blob = CachedBlob.of(file);
        if (blob != null) {
          hashes.put(file, new NamedHash(blob.file(), blob.hex(), blob.begin()));
        }
      }
      return hashes;
    } catch (IOException e) {
      throw new TenonException("Reading failed: file=" + path + ", reason=" + e.getMessage(), e);
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  public static CheckpointDigest digest(Path path, LoadProgress progress) {
    return CheckpointDigest.of(Checkpoint.open(path, null).shards(), phase(progress));
  }

  public static CheckpointDigest check(Path path, Path digest, LoadProgress progress) {
    try (DigestCheck check = start(Checkpoint.open(path, null).shards(), digest, progress)) {
      return check.await();
    }
  }

  /** Begins a check beside a load. */
  static DigestCheck start(List<Shard> shards, Path digest, LoadProgress progress) {
    return DigestCheck.start(shards, digest, phase(progress));
  }

  private static ReadProgress phase(LoadProgress progress) {
    return (done, total) -> progress.update("read", done, total);
  }
}
