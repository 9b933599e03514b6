package dev.tenon.skeleton.build;

import dev.tenon.TenonException;

/**
 * Counts what a description makes of a config: a config that asks for a billion layers is told so
 * before memory is full. Shared by the modules of one tree.
 */
final class Tally {
  /** The largest models have some hundred thousand. */
  private static final int MOST = 1 << 20;

  private int count;

  /** Counts one module, parameter or buffer. */
  void one() {
    require(1);
    count++;
  }

  /** Sees that so many more may come. */
  void require(long more) {
    if (more > MOST - count) {
      throw new TenonException(
          "The config describes too many modules and tensors: allowed=" + MOST);
    }
  }
}
