package dev.tenon.trace;

import java.util.Locale;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/** Something that a load is doing. For the thread that began it, which ends it by closing it. */
public final class Span implements AutoCloseable {

  /** What takes the time. */
  public enum Kind {
    /** A part of a load. */
    PHASE,
    /** A weight file. */
    SHARD,
    /** A slot, or several done together. */
    SLOT;

    /** As a trace file has it. */
    String category() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Trace trace;
  private final Kind kind;
  private final String name;
  private final long bytes;
  private final @Nullable SpanEvent event;
  private final long start = System.nanoTime();

  Span(Trace trace, Kind kind, String name, long bytes) {
    this.trace = trace;
    this.kind = kind;
    this.name = name;
    this.bytes = bytes;
    // The first event of a JVM loads some hundred classes: as long as a plan takes.
    this.event = FlightRecorder.isInitialized() ? begun(kind) : null;
  }

  private static SpanEvent begun(Kind kind) {
    SpanEvent event =
        switch (kind) {
          case PHASE -> new SpanEvent.Phase();
          case SHARD -> new SpanEvent.Shard();
          case SLOT -> new SpanEvent.Slot();
        };
    event.begin();
    return event;
  }

  @Override
  public void close() {
    close(name);
  }

  /** Ends it under another name than it began with: a phase may be known by its end only. */
  public void close(String last) {
    if (event != null) {
      event.name = last;
      event.bytes = bytes;
      event.commit();
    }
    trace.add(kind, last, bytes, start, System.nanoTime());
  }
}
