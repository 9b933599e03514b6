package dev.tenon.trace;

/**
 * Something a load did, and when.
 *
 * @param kind what took the time
 * @param name of the phase, the weight file or the slot; of slots done together, the first
 * @param bytes brought in or drawn meanwhile, 0 for a phase
 * @param thread that did it, a name no other thread of the load has
 * @param start milliseconds since the load's first interval began
 * @param millis how long it took, in milliseconds
 */
public record Interval(
    Kind kind, String name, long bytes, String thread, double start, double millis) {

  /** What an interval is of. */
  public enum Kind {
    /** A part of the load, such as {@code read}. */
    PHASE,
    /** A weight file whose bytes were brought in. */
    SHARD,
    /** A slot, or several in one go, that took ten milliseconds or more. */
    SLOT
  }
}
