/**
 * The cache's folders as {@code huggingface_hub} lays them out: blobs, snapshots, locks, and
 * unfinished files that a later download goes on from.
 */
@NullMarked
package dev.tenon.hub.cache;

import org.jspecify.annotations.NullMarked;
