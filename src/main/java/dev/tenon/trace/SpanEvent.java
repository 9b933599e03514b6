package dev.tenon.trace;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/** What Flight Recorder is told of a span. */
@Category("Tenon")
@StackTrace(false)
abstract class SpanEvent extends Event {
  /** Milliseconds from which a slot is worth an event. */
  static final int SLOT_MILLIS = 10;

  @Label("Name")
  @Nullable String name;

  @Label("Bytes")
  @DataAmount
  long bytes;

  /** A part of a load. */
  @Name("dev.tenon.Phase")
  @Label("Phase")
  static final class Phase extends SpanEvent {}

  /** A weight file whose bytes are brought in. */
  @Name("dev.tenon.Shard")
  @Label("Shard")
  static final class Shard extends SpanEvent {}

  /** Bytes of a slot that are brought in or drawn, or of small slots done together. */
  @Name("dev.tenon.Slot")
  @Label("Slot")
  @Threshold(SLOT_MILLIS + " ms")
  static final class Slot extends SpanEvent {}
}
