/**
 * Where a load's time goes: spans of phases, files and slots, each an event of the JDK's Flight
 * Recorder, and kept for a file that Perfetto shows if somebody asks for one.
 *
 * <p>A load that is neither recorded nor traced pays a few comparisons a file and a slot. May use
 * the JDK and Jackson; every room behind the plan may use it.
 */
@NullMarked
package dev.tenon.trace;

import org.jspecify.annotations.NullMarked;
