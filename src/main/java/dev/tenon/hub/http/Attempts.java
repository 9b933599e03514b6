package dev.tenon.hub.http;

import dev.tenon.hub.Environment;
import java.io.IOException;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** Counts the attempts at one request and waits between them. For one thread. */
public final class Attempts {
  private final Backoff backoff;
  private final String facts;
  private int failures;

  /**
   * No attempt yet.
   *
   * @param facts {@code key=value} of what is tried, for the error
   */
  public Attempts(Backoff backoff, String facts) {
    this.backoff = backoff;
    this.facts = facts;
  }

  /** Something came of the last attempt: the next ones are counted anew. */
  public void progressed() {
    failures = 0;
  }

  /**
   * Waits until the next attempt.
   *
   * @param failure of the last one
   * @throws Unavailable if there is to be none
   */
  public void failed(IOException failure) throws InterruptedException {
    failures++;
    @Nullable Duration asked = failure instanceof Busy busy ? busy.retryAfter() : null;
    if (asked != null && asked.compareTo(backoff.patience()) > 0) {
      throw new Unavailable(
          "The hub asks to wait for too long: %s, seconds=%d, most=%d"
              .formatted(facts, asked.toSeconds(), backoff.patience().toSeconds()),
          failure);
    } else if (failures > backoff.retries() && failure instanceof Slow) {
      throw new Unavailable(
          "The hub is too slow: %s, attempts=%d, %s; %s=0 waits for any rate"
              .formatted(facts, failures, failure.getMessage(), Environment.LEAST_RATE),
          failure);
    } else if (failures > backoff.retries() || failure instanceof SSLHandshakeException) {
      throw new Unavailable(
          "The hub cannot be reached: %s, attempts=%d, reason=%s"
              .formatted(facts, failures, Facts.reason(failure)),
          failure);
    }
    Thread.sleep((asked == null ? backoff.delay(failures) : Backoff.after(asked)).toMillis());
  }
}
