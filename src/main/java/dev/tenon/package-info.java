/**
 * The door: {@link dev.tenon.Tenon} loads, plans and initialises; {@link dev.tenon.LoadOptions} say
 * how; a {@link dev.tenon.Model} owns the tensors and comes with a {@link dev.tenon.LoadReport}.
 *
 * <p>In order of importance:
 *
 * <ol>
 *   <li>What a file holds is never written over; what is missing is always written; tied names are
 *       one tensor.
 *   <li>Whoever gets a {@code Model} closes it, or gives it to a {@link dev.tenon.watch.ModelRef},
 *       where a new version takes its place while readers finish with the old. Tensors end with it.
 *   <li>Options, plans and reports are immutable values. A {@code Model} may be used by many
 *       threads; closing it while one is inside a call is refused.
 *   <li>What goes wrong is a {@link dev.tenon.TenonException}: one sentence, then the facts.
 * </ol>
 *
 * <p>May use every room but {@code cli} and {@code watch}. Planning and describing never touch
 * libtorch.
 */
@NullMarked
package dev.tenon;

import org.jspecify.annotations.NullMarked;
