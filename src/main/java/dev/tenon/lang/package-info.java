/**
 * What the JDK has no short way to say. Knows no other room, and loads no lambda where a first load
 * passes.
 */
@NullMarked
package dev.tenon.lang;

import org.jspecify.annotations.NullMarked;
