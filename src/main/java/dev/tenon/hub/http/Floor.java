package dev.tenon.hub.http;

import java.time.Duration;

/**
 * The slowest rate at which a server's bytes are waited for. Silence alone would not do: a byte now
 * and then is no silence, and lasts for ever.
 *
 * @param bytesPerSecond over each window; 0 waits for any rate
 * @param window how long a server may be slower, or silent
 */
public record Floor(long bytesPerSecond, Duration window) {
  /** A tenth of what a modem did. */
  public static final long STANDARD = 1024;

  /** Begins to measure an answer. */
  Pace begin() {
    return new Pace(this);
  }
}
