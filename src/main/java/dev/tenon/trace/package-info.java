/**
 * Where a load's time goes: spans of phases, files and slots, each an event of the JDK's Flight
 * Recorder, kept for the load's report, and for a file that Perfetto shows if somebody asks for
 * one.
 *
 * <p>A load that is not recorded pays a few comparisons a slot, and keeps a record of each phase,
 * each file and each slot that takes long. May use {@code file}, the JDK and Jackson; every room
 * behind the plan may use it.
 */
@NullMarked
package dev.tenon.trace;

import org.jspecify.annotations.NullMarked;
