package dev.tenon.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Spans of one load. Thread-safe. */
public final class Trace {
  /** Keeps nothing; Flight Recorder is still told. */
  public static final Trace OFF = new Trace(false);

  private static final long SLOT_NANOS = SpanEvent.SLOT_MILLIS * 1_000_000L;

  private final boolean keeps;
  private final ConcurrentLinkedQueue<Kept> kept = new ConcurrentLinkedQueue<>();

  /**
   * A span that has ended.
   *
   * @param kind what took the time
   * @param name as it was when it ended
   * @param bytes brought in or drawn
   * @param thread that began and ended it
   * @param start as {@link System#nanoTime} has it
   * @param end as {@link System#nanoTime} has it
   */
  public record Kept(
      Span.Kind kind, String name, long bytes, Thread thread, long start, long end) {}

  private Trace(boolean keeps) {
    this.keeps = keeps;
  }

  /** A trace that keeps its spans. */
  public static Trace keeping() {
    return new Trace(true);
  }

  /** A phase that begins now, and whose end names it. */
  public Span phase() {
    return phase("");
  }

  /** A phase that begins now. */
  public Span phase(String name) {
    return new Span(this, Span.Kind.PHASE, name, 0);
  }

  /**
   * A weight file whose bytes begin to be brought in.
   *
   * @param file its name
   * @param bytes how many are wanted of it
   */
  public Span shard(String file, long bytes) {
    return new Span(this, Span.Kind.SHARD, file, bytes);
  }

  /**
   * A slot whose bytes begin to be brought in or drawn. One that is done within ten milliseconds is
   * not worth keeping.
   *
   * @param slot its name
   * @param bytes how many
   */
  public Span slot(String slot, long bytes) {
    return new Span(this, Span.Kind.SLOT, slot, bytes);
  }

  /** As {@link #slot}, of runs of one slot or several that are done together. */
  public Span slots(String first, int runs, long bytes) {
    return slot(runs == 1 ? first : first + " and " + (runs - 1) + " more", bytes);
  }

  void add(Span.Kind kind, String name, long bytes, long start, long end) {
    if (keeps && (kind != Span.Kind.SLOT || end - start >= SLOT_NANOS)) {
      kept.add(new Kept(kind, name, bytes, Thread.currentThread(), start, end));
    }
  }

  /** All spans that have ended, by their start. */
  public List<Kept> spans() {
    List<Kept> spans = new ArrayList<>(kept);
    spans.sort((one, other) -> Long.compare(one.start(), other.start()));
    return spans;
  }
}
