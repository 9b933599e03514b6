/**
 * Boxes of tensors and what becomes of them: stored pieces gathered into a slot by stacking,
 * fusing, cutting and transposing, as geometry alone.
 */
@NullMarked
package dev.tenon.plan.box;

import org.jspecify.annotations.NullMarked;
