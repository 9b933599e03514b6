/**
 * Weights that are packed: which tensors of a checkpoint stand for one weight together, under which
 * scheme, and what is said of such a checkpoint.
 *
 * <ol>
 *   <li>{@link dev.tenon.quantised.Quantisation} is what a config says: numbers that shapes do not
 *       tell.
 *   <li>{@code Scheme} describes one way to pack, {@code Schemes} lists all, {@code Geometry} tells
 *       bits and group from shapes.
 *   <li>{@link dev.tenon.quantised.Recognition} finds what is packed, as {@link
 *       dev.tenon.quantised.Packed}, by the names that stand beside each other, whether or not
 *       there is a config.
 * </ol>
 *
 * <p>Pure: names, dtypes and shapes, never tensor bytes. The time is linear in the tensors, and
 * those of a plain checkpoint cost a look at their dtype. May use {@code checkpoint}, {@code
 * tensor} and configs.
 */
@NullMarked
package dev.tenon.quantised;

import org.jspecify.annotations.NullMarked;
