package dev.tenon.nativecore;

import dev.tenon.TenonException;

/** The library's way to say how a call went, and Tenon's. */
final class Status {
  private Status() {}

  /**
   * Does nothing if the status is 0.
   *
   * @param action what was tried, as in "Cannot read tensors"
   * @param facts {@code key=value}, separated by commas
   */
  static void check(int status, String action, String facts) {
    if (status != 0) {
      throw failure(status, action, facts);
    }
  }

  static TenonException failure(int status, String action, String facts) {
    return new TenonException(
        "%s: %s, reason=%s, status=%d"
            .formatted(action, facts, TenonLibrary.error(status), status));
  }
}
