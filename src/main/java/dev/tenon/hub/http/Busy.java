package dev.tenon.hub.http;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A server says that it cannot answer now, and may be asked again. */
final class Busy extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Duration retryAfter;

  Busy(int status, @Nullable Duration retryAfter) {
    super("HTTP status " + status);
    this.retryAfter = retryAfter;
  }

  /** How long the server asks to wait, or null if it does not say. */
  @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
