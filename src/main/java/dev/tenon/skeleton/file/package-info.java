/** Skeletons as JSON: written from any model, and read back. */
@NullMarked
package dev.tenon.skeleton.file;

import org.jspecify.annotations.NullMarked;
