package dev.tenon;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.Shard;
import dev.tenon.checkpoint.Verification;
import dev.tenon.integrity.CheckpointDigest;
import dev.tenon.integrity.DataScan;
import dev.tenon.integrity.DigestCheck;
import dev.tenon.integrity.ReadProgress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** From paths to what is read of their files. */
final class Integrity {
  private Integrity() {}

  static Verification verify(Path path, VerifyOptions options) {
    if (!options.data()) {
      return Verification.of(path);
    }
    List<Shard> files = new ArrayList<>();
    Verification headers = Verification.of(path, files::add);
    if (options.nonFinite()) {
      return headers.read(DataScan.nonFinite(files, phase(options.progress())));
    }
    DataScan.read(files, phase(options.progress()));
    return headers.read(null);
  }

  static CheckpointDigest digest(Path path, LoadProgress progress) {
    return CheckpointDigest.of(Checkpoint.open(path, null).shards(), phase(progress));
  }

  static CheckpointDigest check(Path path, Path digest, LoadProgress progress) {
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
