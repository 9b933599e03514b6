/** Which family a config is for: those in Java first, then the atlas. */
@NullMarked
package dev.tenon.skeleton.registry;

import org.jspecify.annotations.NullMarked;
