package dev.tenon.skeleton.family;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What the classes of one family have in common: the start of their names, where the base model
 * stands, and the defaults.
 */
record Classes(String name, String basePrefix, UnaryOperator<Config> defaults) {

  /** The class with this name after the family's. */
  Architecture of(String suffix, Function<Config, Block> describe) {
    return Architecture.of(name + suffix, basePrefix, defaults, describe);
  }
}
