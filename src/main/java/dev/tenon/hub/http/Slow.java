package dev.tenon.hub.http;

import java.io.IOException;

/** A server's bytes come too slowly; it may be asked again. */
final class Slow extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Too slow an answer.
   *
   * @param bytesPerSecond over the floor's window, less than the floor's
   */
  Slow(Floor floor, long bytesPerSecond) {
    super(
        "seconds=%d, bytesPerSecond=%d, least=%d"
            .formatted(floor.window().toSeconds(), bytesPerSecond, floor.bytesPerSecond()));
  }
}
