/**
 * How bytes come into place: moves carried out by the native core, or by libtorch's copies where
 * there is none, packed weights unpacked on the way, into slots or into the buffers of a device;
 * the bytes that ties are compared by and that a save writes. May use {@code engine.file} and
 * {@code engine.torch}.
 */
@NullMarked
package dev.tenon.engine.bytes;

import org.jspecify.annotations.NullMarked;
