/** The checkpoint that {@code tenon demo} makes to load. */
@NullMarked
package dev.tenon.cli.demo;

import org.jspecify.annotations.NullMarked;
