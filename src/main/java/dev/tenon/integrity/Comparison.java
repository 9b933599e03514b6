package dev.tenon.integrity;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Shard;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first thing in which files differ from what a digest file says: a tensor, if it is one.
 */
final class Comparison {
  private Comparison() {}

  /** Compares digests of the same files. */
  static void requireEqual(
      List<Shard> shards, CheckpointDigest expected, CheckpointDigest actual, Path file) {
    Map<String, CheckpointDigest.OfFile> byName = new HashMap<>();
    expected.files().forEach(one -> byName.put(one.name(), one));
    for (int i = 0; i < shards.size(); i++) {
      CheckpointDigest.OfFile is = actual.files().get(i);
      requireEqual(shards.get(i).file(), byName.get(is.name()), is, file);
    }
  }

  private static void requireEqual(
      Path path, CheckpointDigest.OfFile was, CheckpointDigest.OfFile is, Path file) {
    was.tensors()
        .forEach((name, crc) -> requireEqual(path, name, crc, is.tensors().get(name), file));
    for (String name : is.tensors().keySet()) {
      if (!was.tensors().containsKey(name)) {
        throw new TenonException(
            "A tensor is not in the digest: file=%s, tensor=%s, digest=%s"
                .formatted(path, name, file));
      }
    }
    if (!was.sha256().equals(is.sha256())) {
      throw new TenonException(
          "A file differs from its digest, though no tensor does: file=%s, expected=%s, actual=%s, digest=%s"
              .formatted(path, was.sha256(), is.sha256(), file));
    }
  }

  private static void requireEqual(
      Path path, String tensor, int was, @Nullable Integer is, Path file) {
    if (is == null) {
      throw new TenonException(
          "A tensor of the digest is not there: file=%s, tensor=%s, digest=%s"
              .formatted(path, tensor, file));
    } else if (is != was) {
      throw new TenonException(
          "A tensor differs from its digest: file=%s, tensor=%s, expected=%s, actual=%s, digest=%s"
              .formatted(path, tensor, DigestFile.hex(was), DigestFile.hex(is), file));
    }
  }
}
