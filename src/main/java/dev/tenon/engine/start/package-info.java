/**
 * A process's way to libtorch: its natives found, checked and unpacked, and loaded once, beside the
 * plan. {@link dev.tenon.engine.start.TorchRuntime} is the door; nothing here knows of models.
 */
@NullMarked
package dev.tenon.engine.start;

import org.jspecify.annotations.NullMarked;
