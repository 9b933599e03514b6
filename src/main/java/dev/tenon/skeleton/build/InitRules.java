package dev.tenon.skeleton.build;

/**
 * What a model's family does to each module when its turn comes, children first: the reference's
 * {@code _init_weights}. {@link DefaultRules} is what nearly all share.
 */
@FunctionalInterface
public interface InitRules {
  /** Adds the steps this module gets by its kind. */
  void initialize(Module.Kind kind, Init init);

  /** Rules that leave every module to its own {@link Module#init steps}. */
  InitRules NONE = (kind, init) -> {};
}
