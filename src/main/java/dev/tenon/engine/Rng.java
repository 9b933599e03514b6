package dev.tenon.engine;

/** Where the random numbers of missing slots come from. */
public enum Rng {
  /** libtorch's generator in the reference's order: equal to it bit for bit on a CPU in float32. */
  TORCH,
  /** Counter-based: a value depends on the seed, the name and the index alone. */
  PHILOX
}
