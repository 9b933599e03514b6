/**
 * From options to a model: where it is, what it is, the plan with adapters merged, the engine's
 * run, the report, and what a save writes.
 *
 * <p>{@code Loading} goes that way once: {@code Preparation} is all of it that needs no libtorch.
 * The result, a {@code LoadedModel}, is handed out by {@link dev.tenon.Model}, which lets no two
 * threads into each other's way. May use every room but the command line and {@code watch}.
 */
@NullMarked
package dev.tenon.load;

import org.jspecify.annotations.NullMarked;
