/**
 * What a packed weight means, as values: where its codes lie, what they stand for, which scales and
 * zeros go with them, and in which order they are put together. A {@link
 * dev.tenon.quantised.formula.Formula} is all that the native core needs; a new scheme is a new
 * formula, and mostly no new code there. Pure: no bytes are read here.
 */
@NullMarked
package dev.tenon.quantised.formula;

import org.jspecify.annotations.NullMarked;
