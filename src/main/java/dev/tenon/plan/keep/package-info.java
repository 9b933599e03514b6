/**
 * Packed weights that stay packed: a plan that would unpack them becomes one whose model has, in
 * the place of each, the tensors that the files hold of it. {@code Keeping} does so, {@code
 * KeptSet} is what stands for one slot, {@code ModulePlaces} says what its tensors are called.
 * Pure, as the plan is.
 */
@NullMarked
package dev.tenon.plan.keep;

import org.jspecify.annotations.NullMarked;
