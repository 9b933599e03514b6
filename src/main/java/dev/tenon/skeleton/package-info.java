/**
 * What a model must have: config, slots in registration order, ties, initial values. Pure: may use
 * the JDK and Jackson, never libtorch.
 */
@NullMarked
package dev.tenon.skeleton;

import org.jspecify.annotations.NullMarked;
