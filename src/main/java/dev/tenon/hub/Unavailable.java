package dev.tenon.hub;

import dev.tenon.TenonException;

/** The hub cannot be had, or not by us: what is in the cache may serve in its place. */
final class Unavailable extends TenonException {
  private static final long serialVersionUID = 1L;

  Unavailable(String message) {
    super(message);
  }

  Unavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
