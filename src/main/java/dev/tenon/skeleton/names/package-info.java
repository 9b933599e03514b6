/**
 * How tensors and modules were called: old spellings and their way back, conversions between what a
 * file holds and what a model has, and the patterns both are written with. Knows no model.
 */
@NullMarked
package dev.tenon.skeleton.names;

import org.jspecify.annotations.NullMarked;
