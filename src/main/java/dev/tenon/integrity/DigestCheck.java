package dev.tenon.integrity;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Shard;
import dev.tenon.lang.SideThread;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A comparison of weight files with a digest file, on threads of its own, so that a load may go on
 * beside it. Whoever starts it closes it.
 */
public final class DigestCheck implements AutoCloseable {
  private final FutureTask<CheckpointDigest> task;
  private final SideThread thread;

  private DigestCheck(FutureTask<CheckpointDigest> task) {
    this.task = task;
    this.thread = SideThread.start("tenon-check", task);
  }

  /**
   * Begins: which files there are and their sizes are compared at once, their bytes meanwhile.
   *
   * @param shards the files
   * @param file the digest file
   * @param progress told how far it is
   * @throws TenonException if the digest file is not valid, or is of other files
   */
  public static DigestCheck start(List<Shard> shards, Path file, ReadProgress progress) {
    CheckpointDigest expected = DigestFile.read(file);
    requireFiles(shards, expected, file);
    return new DigestCheck(
        new FutureTask<>(
            () -> {
              CheckpointDigest actual = CheckpointDigest.of(shards, progress);
              Comparison.requireEqual(shards, expected, actual, file);
              return actual;
            }));
  }

  private static void requireFiles(List<Shard> shards, CheckpointDigest expected, Path file) {
    Map<String, CheckpointDigest.OfFile> left = new LinkedHashMap<>();
    expected.files().forEach(one -> left.put(one.name(), one));
    for (Shard shard : shards) {
      CheckpointDigest.OfFile of = left.remove(shard.file().getFileName().toString());
      if (of == null) {
        throw new TenonException(
            "The digest file has no such file: file=" + shard.file() + ", digest=" + file);
      } else if (of.bytes() != shard.size()) {
        throw new TenonException(
            "A file is not as long as its digest says: file=%s, expected=%d, actual=%d, digest=%s"
                .formatted(shard.file(), of.bytes(), shard.size(), file));
      }
    }
    if (!left.isEmpty()) {
      throw new TenonException(
          "A file of the digest is not there: file="
              + left.keySet().iterator().next()
              + ", digest="
              + file);
    }
  }

  /**
   * Waits for the verdict.
   *
   * @return the digest, which is that of the digest file
   * @throws TenonException if a file or a tensor differs, cannot be read or changed meanwhile, or
   *     the calling thread is interrupted, whose status is then set again
   */
  public CheckpointDigest await() {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TenonException("The check was interrupted: thread=" + thread.name(), e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TenonException known) {
        throw known;
      }
      throw new TenonException("The check failed: reason=" + e.getCause(), e.getCause());
    }
  }

  /** Stops it, if it still runs, and waits until none of its threads is left. */
  @Override
  public void close() {
    thread.interrupt();
    thread.join();
  }
}
