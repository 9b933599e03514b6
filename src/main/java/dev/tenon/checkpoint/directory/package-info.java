/**
 * Which files of a directory are a model's weights: usual names, variants, indexes, sets of shards,
 * and what an interrupted save left to finish.
 */
@NullMarked
package dev.tenon.checkpoint.directory;

import org.jspecify.annotations.NullMarked;
