/**
 * libtorch itself, as the other rooms of the engine have it: tensors and the memory behind them,
 * types, devices, errors and what an out-of-memory says; the native core, opened when it is first
 * wanted. Knows no other room of the engine.
 */
@NullMarked
package dev.tenon.engine.torch;

import org.jspecify.annotations.NullMarked;
