package dev.tenon.hub.http;

import dev.tenon.TenonException;

/** The hub cannot be had, or not by us: what is in the cache may serve in its place. */
public final class Unavailable extends TenonException {
  private static final long serialVersionUID = 1L;

  public Unavailable(String message) {
    super(message);
  }

  Unavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
