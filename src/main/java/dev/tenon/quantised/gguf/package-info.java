/**
 * What GGUF models mean: their metadata as a config, their names as those of the model, their
 * blocks as weights, with what conversion has done to values undone.
 */
@NullMarked
package dev.tenon.quantised.gguf;

import org.jspecify.annotations.NullMarked;
