/**
 * Weight files of a load: open, mapped, shared between loads, and their pages brought in. May use
 * {@code engine.torch}.
 */
@NullMarked
package dev.tenon.engine.file;

import org.jspecify.annotations.NullMarked;
