package dev.tenon.checkpoint;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the files of a checkpoint are called, for whoever brings them to this machine. */
public final class CheckpointFiles {
  private CheckpointFiles() {}

  /**
   * The names of which the first that exists holds the weights, or says which files do.
   *
   * @param variant put before the extension, such as {@code fp16}; null for none
   * @return plain file names, safetensors before what pickle writes
   * @throws dev.tenon.TenonException if a file's name cannot hold the variant
   */
  public static List<String> weights(@Nullable String variant) {
    return WeightFiles.names(variant);
  }

  /** {@return whether a file of that name lists shards} */
  public static boolean isIndex(String name) {
    return WeightFiles.isIndex(Path.of(name));
  }

  /**
   * The files an index lists.
   *
   * @param index a file
   * @return plain file names, each once, sorted
   * @throws dev.tenon.TenonException if it is no index, or a name leads out of its directory
   */
  public static List<String> shards(Path index) {
    return ShardIndex.read(index).shards().stream()
        .map(shard -> shard.getFileName().toString())
        .toList();
  }
}
