package dev.tenon.skeleton;

/**
 * One rule applied to one slot. A skeleton's steps stand in the order the reference runs them,
 * which decides who gets which random numbers; a slot may have several, the later ones over the
 * earlier.
 *
 * @param slot index into {@link Skeleton#slots()}
 * @param rule what it gets
 */
public record InitStep(int slot, InitRule rule) {}
