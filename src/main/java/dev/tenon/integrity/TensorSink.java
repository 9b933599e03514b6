package dev.tenon.integrity;

import dev.tenon.checkpoint.TensorEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/** Cuts the pieces of a file at its tensors' edges. Tensors may share bytes: each sees its own. */
final class TensorSink implements FilePass.Sink {
  private final List<Span> waiting;
  private final List<Span> open = new ArrayList<>();
  private int next;

  /** Takes a tensor's bytes, in order, in as many pieces as it comes to. */
  interface Bytes {
    /** Takes {@code length} bytes from index {@code from} on. */
    void update(byte[] bytes, int from, int length);
  }

  /**
   * A tensor and who takes its bytes.
   *
   * @param entry in row-major order without gaps
   * @param bytes takes them
   */
  record Span(TensorEntry entry, Bytes bytes) {
    long end() {
      return entry.offset() + entry.bytes();
    }
  }

  TensorSink(List<Span> spans) {
    waiting = new ArrayList<>(spans);
    waiting.sort(Comparator.comparingLong(span -> span.entry.offset()));
  }

  @Override
  public void accept(byte[] bytes, int length, long position) {
    long end = position + length;
    while (next < waiting.size() && waiting.get(next).entry.offset() < end) {
      open.add(waiting.get(next++));
    }
    for (Iterator<Span> spans = open.iterator(); spans.hasNext(); ) {
      Span span = spans.next();
      long from = Math.max(span.entry.offset(), position);
      long to = Math.min(span.end(), end);
      if (from < to) {
        span.bytes.update(bytes, (int) (from - position), (int) (to - from));
      }
      if (span.end() <= end) {
        spans.remove();
      }
    }
  }
}
