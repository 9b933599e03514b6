package dev.tenon.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns what a trace kept into intervals of a report. */
public final class Timeline {
  private static final double NANOS_PER_MILLI = 1e6;

  private Timeline() {}

  /** All spans that have ended, by their start. */
  public static List<Interval> of(Trace trace) {
    List<Interval> intervals = new ArrayList<>();
    Map<Thread, String> names = new HashMap<>();
    List<Trace.Kept> spans = trace.spans();
    for (Trace.Kept span : spans) {
      if (!names.containsKey(span.thread())) {
        String name = span.thread().getName();
        boolean taken = names.containsValue(name);
        names.put(span.thread(), taken ? name + " #" + span.thread().getId() : name);
      }
      intervals.add(
          new Interval(
              Interval.Kind.valueOf(span.kind().name()),
              span.name(),
              span.bytes(),
              names.get(span.thread()),
              (span.start() - spans.get(0).start()) / NANOS_PER_MILLI,
              (span.end() - span.start()) / NANOS_PER_MILLI));
    }
    return intervals;
  }
}
