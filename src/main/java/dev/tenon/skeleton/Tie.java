package dev.tenon.skeleton;

/**
 * A declaration that two slots are one tensor.
 *
 * @param target the name that takes the other's pointer, such as {@code lm_head.weight}
 * @param source the name that owns the tensor if both are declared alone
 */
public record Tie(String target, String source) {}
