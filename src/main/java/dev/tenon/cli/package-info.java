/**
 * The command line: parses, calls the door, prints. It computes nothing and is used by nobody. Of
 * the native core it knows one thing: how a process ends that has libtorch loaded.
 */
@NullMarked
package dev.tenon.cli;

import org.jspecify.annotations.NullMarked;
