/**
 * What a plan's steps are made of: boxes of stored tensors that become boxes of slots. Values, made
 * without libtorch and without a byte read; printed by {@code tenon plan --moves}, carried out by
 * the engine in file order.
 */
@NullMarked
package dev.tenon.plan.move;

import org.jspecify.annotations.NullMarked;
