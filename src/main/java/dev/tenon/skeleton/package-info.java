/**
 * What a model must have: config, slots in registration order, ties, init rules, and the builder
 * that family files are written with. Pure: may use the JDK and Jackson, never libtorch.
 */
@NullMarked
package dev.tenon.skeleton;

import org.jspecify.annotations.NullMarked;
