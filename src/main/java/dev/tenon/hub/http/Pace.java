package dev.tenon.hub.http;

import java.io.IOException;
import java.net.http.HttpTimeoutException;

/** Measures how fast one answer's bytes come. What comes may be told on any thread. */
final class Pace {
  private final Floor floor;
  private long last = System.nanoTime();
  private long opened = last;
  private long bytes;

  Pace(Floor floor) {
    this.floor = floor;
  }

  /** The answer has begun: only now can its bytes be slow. */
  synchronized void begun() {
    last = opened = System.nanoTime();
    bytes = 0;
  }

  synchronized void came(int count) {
    last = System.nanoTime();
    bytes += count;
  }

  /**
   * Looks whether they come fast enough.
   *
   * @return how long it is, in nanoseconds, until it is worth looking again
   * @throws HttpTimeoutException if nothing came for a whole window
   * @throws Slow if what came in one is less than the floor asks for
   */
  synchronized long check() throws IOException {
    long window = floor.window().toNanos();
    long now = System.nanoTime();
    if (now - last >= window) {
      throw new HttpTimeoutException("No byte came for " + floor.window().toSeconds() + " s");
    } else if (now - opened >= window) {
      double rate = bytes / ((now - opened) / 1e9);
      if (rate < floor.bytesPerSecond()) {
        throw new Slow(floor, (long) rate);
      }
      opened = now;
      bytes = 0;
    }
    return window - (now - Math.min(last, opened));
  }
}
