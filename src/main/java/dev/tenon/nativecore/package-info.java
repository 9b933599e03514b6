/**
 * The native core: values of missing parameters at memory speed, pages brought in, bytes read and
 * converted in parallel, all on raw addresses. It binds the C library of {@code native/} with
 * JavaCPP, and knows nothing of tensors, models or files' formats.
 *
 * <p>{@link dev.tenon.nativecore.NativeCore#load()} gives a handle that owns its threads; there is
 * no other state, so several loads may each have one. Where there is no native build, {@link
 * dev.tenon.nativecore.NativeCore#unavailable()} says why, and the caller does without.
 *
 * <p>Addresses are the caller's to get right: a wrong one ends the process, as in C. Whoever owns
 * the memory keeps it alive until the call returns. All calls may be made by many threads at once.
 *
 * <p>May use {@code tensor} and JavaCPP.
 */
@NullMarked
package dev.tenon.nativecore;

import org.jspecify.annotations.NullMarked;
