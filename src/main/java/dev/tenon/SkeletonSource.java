package dev.tenon;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Families;
import dev.tenon.skeleton.Skeleton;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one place where it is decided what a model must have: the family of the class asked for, or
 * of the first class in the config.
 */
final class SkeletonSource {
  private final LoadOptions options;

  SkeletonSource(LoadOptions options) {
    this.options = options;
  }

  /**
   * The skeleton under a config.
   *
   * @throws TenonException if there is none
   */
  Skeleton require(Config config) {
    return Families.skeleton(options.className(), config);
  }

  /**
   * The skeleton under a config, or null if nothing describes the model, so that the names in its
   * files are all there is to go by.
   *
   * @throws TenonException if the options ask for a class that no family has
   */
  @Nullable Skeleton find(Config config) {
    if (options.className() != null) {
      return require(config);
    }
    String name = className(config);
    return name == null ? null : Families.find(name, config);
  }

  /** The config with its family's defaults; itself if no family has the class. */
  Config withDefaults(Config config) {
    String name = className(config);
    return name == null ? config : Families.withDefaults(name, config);
  }

  private @Nullable String className(Config config) {
    List<String> classes = config.architectures();
    return options.className() != null
        ? options.className()
        : classes.isEmpty() ? null : classes.get(0);
  }
}
