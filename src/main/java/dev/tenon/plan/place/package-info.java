/**
 * Where a plan's slots go: devices, what each may hold, and modules that stay together. Asks the
 * machine for its GPUs without libtorch.
 */
@NullMarked
package dev.tenon.plan.place;

import org.jspecify.annotations.NullMarked;
