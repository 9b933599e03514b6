package dev.tenon.hub.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * How often a request that failed is made again, and after how long.
 *
 * @param retries how often, without anything to show for it in between
 * @param first the wait before the first retry; each wait is twice the one before
 * @param longest the longest of these waits
 * @param patience the longest wait a server may ask for
 */
public record Backoff(int retries, Duration first, Duration longest, Duration patience) {
  /** The hub counts requests over five minutes, so it never means longer. */
  public static final Backoff STANDARD =
      new Backoff(5, Duration.ofMillis(500), Duration.ofSeconds(8), Duration.ofMinutes(5));

  private static final long LEAST_JITTER_MILLIS = 250;

  /** The wait before a retry; half of it is left to chance, so that clients part. */
  Duration delay(int retry) {
    long millis = Math.min(first.toMillis() << Math.min(retry - 1, 20), longest.toMillis());
    return Duration.ofMillis(millis / 2 + random(millis / 2));
  }

  /** A little more than a server asked for: all its clients were told the same. */
  static Duration after(Duration asked) {
    return asked.plusMillis(random(Math.max(asked.toMillis() / 10, LEAST_JITTER_MILLIS)));
  }

  private static long random(long most) {
    return ThreadLocalRandom.current().nextLong(most + 1);
  }

  /** Reads a {@code Retry-After}: seconds, or a date; null if it is neither. */
  static @Nullable Duration retryAfter(String text, Instant now) {
    if (text.matches("\\d{1,18}")) {
      return Duration.ofSeconds(Long.parseLong(text));
    }
    try {
      Instant until = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text));
      return until.isAfter(now) ? Duration.between(now, until) : Duration.ZERO;
    } catch (DateTimeException e) {
      return null;
    }
  }
}
