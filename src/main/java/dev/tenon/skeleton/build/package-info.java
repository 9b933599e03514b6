/**
 * What families are written with: modules and blocks, from which a skeleton is built, its ties and
 * default rules included.
 */
@NullMarked
package dev.tenon.skeleton.build;

import org.jspecify.annotations.NullMarked;
