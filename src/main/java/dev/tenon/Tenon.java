package dev.tenon;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import java.nio.file.Path;

/**
 * Loads pretrained checkpoints into libtorch tensors. Stateless and thread-safe: any number of
 * loads may run at once.
 */
public final class Tenon {
  private Tenon() {}

  /**
   * What a model must have: its slots, ties and rules. Reads the config alone and never touches
   * libtorch.
   *
   * @param config a {@code config.json}, or the directory it is in
   * @param options which class; anything else says nothing here
   * @return the skeleton
   * @throws TenonException if the config cannot be read, or the class is not known
   */
  public static Skeleton skeleton(Path config, LoadOptions options) {
    return SkeletonSource.of(Config.read(config), options);
  }

  /**
   * What is on disk. Reads headers alone and never touches libtorch.
   *
   * @param path a checkpoint's directory, a weight file, or an index of shards
   * @return the tensors and where their bytes are
   * @throws TenonException if there are no weights, a shard is missing, or a file is not valid
   */
  public static Checkpoint inspect(Path path) {
    return Checkpoint.open(path, null);
  }
}
