/**
 * What the readers of all formats share: files that are no devices and stay what they are while
 * they are read, JSON without tolerance, and how a fault is said.
 */
@NullMarked
package dev.tenon.checkpoint.format;

import org.jspecify.annotations.NullMarked;
