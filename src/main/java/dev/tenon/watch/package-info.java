/**
 * Versions of a model: {@link dev.tenon.watch.ModelRef} has the one that counts now, whose readers
 * never wait, and {@link dev.tenon.watch.ModelWatch} loads the next when files change. Built on
 * what every user sees, {@link dev.tenon.Lease}s and {@link dev.tenon.Model#retire}; nobody in
 * Tenon uses it.
 */
@NullMarked
package dev.tenon.watch;

import org.jspecify.annotations.NullMarked;
