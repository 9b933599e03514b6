/**
 * A new checkpoint: tensors in shards, an index, small files, put in the place of what was there in
 * one step. Whatever ends a save, the directory is as it was or as it shall be.
 */
@NullMarked
package dev.tenon.checkpoint.write;

import org.jspecify.annotations.NullMarked;
