package dev.tenon.engine;

import dev.tenon.trace.Span;
import dev.tenon.trace.Trace;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * How long each phase took. Written by the thread that loads, then handed out and never changed.
 */
public final class Timings {
  private final Map<Phase, Duration> durations = new EnumMap<>(Phase.class);
  private final Trace trace;
  private Span span;
  private long since = System.nanoTime();

  Timings(Trace trace) {
    this.trace = trace;
    this.span = trace.phase();
  }

  /** Ends a phase; the next one starts now. */
  void end(Phase phase) {
    span.close(phase.name().toLowerCase(Locale.ROOT));
    span = trace.phase();
    long now = System.nanoTime();
    durations.put(phase, of(phase).plusNanos(now - since));
    since = now;
  }

  /** Ends what counts to no phase: the next one starts now. */
  void skip(String name) {
    span.close(name);
    span = trace.phase();
    since = System.nanoTime();
  }

  /** How long a phase took, zero if there was nothing to do. */
  public Duration of(Phase phase) {
    return durations.getOrDefault(phase, Duration.ZERO);
  }
}
