package dev.tenon.plan.tie;

import dev.tenon.skeleton.Tie;

/**
 * Two slots declared tied that the files hold both: one tensor if their bytes are equal, parted for
 * good if not. Only tensor bytes can tell, so the plan leaves it to the engine.
 *
 * @param target index of the slot that would give up its own tensor
 * @param owner index of the slot whose tensor both would share: the declared source, or the slot
 *     whose tensor that takes
 * @param declared the tie that joins them; without it they are two groups
 */
public record TieCandidate(int target, int owner, Tie declared) {}
