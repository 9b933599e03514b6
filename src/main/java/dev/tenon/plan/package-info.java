/**
 * What a load will do, decided before a byte is read: each key of the checkpoint matched with a
 * slot of the skeleton, ties united, and one {@link dev.tenon.plan.Step} a slot.
 *
 * <p>Pure and deterministic: the same headers and the same skeleton give the same plan. May use
 * {@code checkpoint}, {@code skeleton} and {@code tensor}; never libtorch, never tensor bytes.
 */
@NullMarked
package dev.tenon.plan;

import org.jspecify.annotations.NullMarked;
