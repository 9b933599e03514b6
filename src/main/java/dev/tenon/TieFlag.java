package dev.tenon;

import dev.tenon.plan.Planner;
import dev.tenon.plan.TieGroup;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Tie;
import dev.tenon.tensor.DType;
import java.util.List;

/**
 * The config's {@code tie_word_embeddings}, and the ties that follow from it: they are recomputed
 * from the config, never remembered from the load.
 */
final class TieFlag {
  private static final String FIELD = "tie_word_embeddings";

  private final SkeletonSource source;
  private Config config;

  TieFlag(SkeletonSource source, Config config) {
    this.source = source;
    this.config = config;
  }

  boolean value() {
    return source.withDefaults(config).flag(FIELD, false);
  }

  /** Sets the flag, once the ties under it are bound. */
  void set(boolean value) {
    config = config.with(FIELD, value);
  }

  /**
   * The groups there are under a flag.
   *
   * @param parted ties that no flag joins again
   */
  List<TieGroup> groups(boolean value, List<Tie> parted) {
    Skeleton skeleton = source.retied(config.with(FIELD, value));
    List<Tie> ties = skeleton.ties().stream().filter(tie -> !parted.contains(tie)).toList();
    return Planner.initialize(skeleton.withTies(ties), DType.F32).ties();
  }
}
