package dev.tenon.trace;

import java.util.Locale;

/** Something that a load is doing. For the thread that began it, which ends it by closing it. */
public final class Span implements AutoCloseable {

  /** What takes the time. */
  enum Kind {
    PHASE,
    SHARD,
    SLOT;

    /** As a trace file has it. */
    String category() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Trace trace;
  private final Kind kind;
  private final SpanEvent event;
  private final long start = System.nanoTime();

  Span(Trace trace, Kind kind, SpanEvent event, String name, long bytes) {
    this.trace = trace;
    this.kind = kind;
    this.event = event;
    event.name = name;
    event.bytes = bytes;
    event.begin();
  }

  /** Ends it under another name than it began with: a phase may be known by its end only. */
  public void close(String name) {
    event.name = name;
    close();
  }

  @Override
  public void close() {
    event.commit();
    trace.add(kind, String.valueOf(event.name), event.bytes, start, System.nanoTime());
  }
}
