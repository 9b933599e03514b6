package dev.tenon.skeleton.init;

import dev.tenon.skeleton.Skeleton;

/**
 * One rule applied to one slot. A skeleton's steps stand in the order the reference runs them,
 * which decides who gets which random numbers; a slot may have several, the later ones over the
 * earlier.
 *
 * @param slot index into {@link Skeleton#slots()}
 * @param rule what it gets
 * @param always whether the reference draws this even for a slot that is loaded, and throws the
 *     numbers away: only later draws of the same generator tell
 */
public record InitStep(int slot, InitRule rule, boolean always) {
  /** A step for a slot that is not loaded. */
  public InitStep(int slot, InitRule rule) {
    this(slot, rule, false);
  }
}
