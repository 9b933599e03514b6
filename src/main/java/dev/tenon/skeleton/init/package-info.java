/**
 * What a missing tensor is given: rules, their steps and bounds, and values that are computed.
 * Knows no model, and draws nothing.
 */
@NullMarked
package dev.tenon.skeleton.init;

import org.jspecify.annotations.NullMarked;
