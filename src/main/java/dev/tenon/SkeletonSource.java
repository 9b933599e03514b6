package dev.tenon;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Families;
import dev.tenon.skeleton.Skeleton;

/** The one place where it is decided what a model must have. */
final class SkeletonSource {
  private SkeletonSource() {}

  /** The skeleton of the class the options ask for, else of the config's own. */
  static Skeleton of(Config config, LoadOptions options) {
    return Families.skeleton(options.className(), config);
  }
}
