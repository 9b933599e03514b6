/**
 * Where bytes come from and how they come into place: shards open for reading, mapped or shared;
 * moves carried out by the native core, or by libtorch's copies where there is none; pages
 * populated and read ahead; the bytes that ties are compared by and that a save writes. May use
 * {@code engine.torch}.
 */
@NullMarked
package dev.tenon.engine.bytes;

import org.jspecify.annotations.NullMarked;
