/** The command line: parses, calls the door, prints. It computes nothing and is used by nobody. */
@NullMarked
package dev.tenon.cli;

import org.jspecify.annotations.NullMarked;
