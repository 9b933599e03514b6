package dev.tenon.skeleton.build;

/** Fills a module in: what a class's constructor is to the reference. */
@FunctionalInterface
public interface Block {
  /** Adds this block's parameters, buffers and children to a fresh module. */
  void describe(Module module);

  /** This block, and then what a variant adds or replaces. */
  default Block then(Block more) {
    return module -> {
      describe(module);
      more.describe(module);
    };
  }
}
