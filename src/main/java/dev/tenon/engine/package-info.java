/**
 * Carries a plan out on libtorch: allocate, map or read, convert, initialise, tie.
 *
 * <p>The order is the design. {@link dev.tenon.engine.Engine} decides tie candidates by their
 * bytes, marks tied slots in {@code Initialized}, allocates what is left, reads, writes the slots
 * whose bit is still clear, binds ties by pointer, and hands out a {@link dev.tenon.engine.Loaded}
 * only when every bit is set. Whatever ends a load early, an error, a user's initialiser or an
 * interrupt, frees all it took.
 *
 * <p>Any number of loads may run at once: nothing is shared between them, random generators
 * included. Nothing waits for garbage collection to be freed. May use every room but the door and
 * the command line; beside {@code nativecore} and {@code bind} the only one that touches JavaCPP.
 */
@NullMarked
package dev.tenon.engine;

import org.jspecify.annotations.NullMarked;
