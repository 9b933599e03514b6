package dev.tenon.engine.file;

import dev.tenon.checkpoint.Shard;
import dev.tenon.nativecore.NativeCore;
import java.util.List;

/**
 * Weight files that several loads read from: each opened and mapped at most once, when a load first
 * needs it. Thread-safe, but for closing, which needs a caller who keeps loads out.
 */
public final class SharedFiles implements AutoCloseable {
  private final List<Shard> shards;
  private final ShardFiles files;

  /** Files whose headers have been read; opens nothing yet. */
  public SharedFiles(List<Shard> shards) {
    this.shards = List.copyOf(shards);
    this.files = new ShardFiles(shards, NativeCore.available());
  }

  public List<Shard> shards() {
    return shards;
  }

  public ShardFiles files() {
    return files;
  }

  /** Closes the files. What loads have mapped lives on with their tensors. */
  @Override
  public void close() {
    files.close();
  }
}
