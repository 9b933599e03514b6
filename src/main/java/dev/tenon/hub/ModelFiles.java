package dev.tenon.hub;

import dev.tenon.checkpoint.CheckpointFiles;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of a model that are needed.
 *
 * @param descriptions those that are needed if there are any
 * @param weights those of which the first there is is needed, with the shards it lists if it is an
 *     index; none if no weights are needed
 */
record ModelFiles(List<String> descriptions, List<String> weights) {
  static final String CONFIG = "config.json";
  private static final String SKELETON = "skeleton.json";

  /** What a load needs. */
  static ModelFiles all(@Nullable String variant) {
    return new ModelFiles(
        List.of(CONFIG, "generation_config.json", SKELETON), CheckpointFiles.weights(variant));
  }

  /** What tells what a model is like. */
  static ModelFiles config() {
    return new ModelFiles(List.of(CONFIG, SKELETON), List.of());
  }
}
