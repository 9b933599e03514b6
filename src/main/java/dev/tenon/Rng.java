package dev.tenon;

/** Where random numbers of missing slots come from. */
public enum Rng {
  /**
   * libtorch's own generator, drawn in the reference's order: in float32 on a CPU the values are,
   * bit for bit, those of {@code transformers} under the same seed.
   */
  TORCH,
  /**
   * Counter-based: a value depends on seed, name and index alone, not on threads or on what else is
   * missing. Many times faster than {@link #TORCH}.
   */
  PHILOX
}
