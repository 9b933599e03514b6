/**
 * One file a model family, each reading like the model it describes. May use {@code skeleton}
 * alone.
 */
@NullMarked
package dev.tenon.skeleton.family;

import org.jspecify.annotations.NullMarked;
