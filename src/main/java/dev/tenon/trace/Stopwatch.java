package dev.tenon.trace;

import java.util.Locale;

/** Times the phases of one load that come before the engine's. Used by one thread. */
public final class Stopwatch {
  private static final double NANOS_PER_MILLI = 1e6;

  /** What is timed. */
  public enum Phase {
    CONFIG,
    HEADERS,
    PLAN
  }

  private final Trace trace;
  private Span span;
  private final long start = System.nanoTime();
  private final double[] millis = new double[Phase.values().length];
  private long since = start;

  public Stopwatch(Trace trace) {
    this.trace = trace;
    this.span = trace.phase();
  }

  /** Ends a phase; the next one starts now. */
  public void end(Phase phase) {
    span.close(phase.name().toLowerCase(Locale.ROOT));
    span = trace.phase();
    long now = System.nanoTime();
    millis[phase.ordinal()] = (now - since) / NANOS_PER_MILLI;
    since = now;
  }

  /** The durations, with those of the engine. */
  public Millis with(double allocate, double read, double init, double tie) {
    return new Millis(
        millis[Phase.CONFIG.ordinal()],
        millis[Phase.HEADERS.ordinal()],
        millis[Phase.PLAN.ordinal()],
        allocate,
        read,
        init,
        tie,
        (System.nanoTime() - start) / NANOS_PER_MILLI);
  }
}
