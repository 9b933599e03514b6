/**
 * Architectures that are data: documents that a config is evaluated with, in place of a family in
 * Java.
 */
@NullMarked
package dev.tenon.skeleton.atlas;

import org.jspecify.annotations.NullMarked;
