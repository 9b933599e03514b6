package dev.tenon.engine.torch;

import dev.tenon.TenonException;

/** A load whose thread was asked to stop. Its interrupt status stays set, for whoever asked. */
public final class Interruption {
  private Interruption() {}

  /**
   * Ends a load whose thread is interrupted.
   *
   * @throws TenonException if it is
   */
  public static void check() {
    if (Thread.currentThread().isInterrupted()) {
      throw new TenonException(message());
    }
  }

  /**
   * What a load ends with: where its thread is interrupted that it was, since a channel that is
   * read fails of it in words of its own.
   *
   * @param failure what the load would end with
   */
  public static TenonException or(TenonException failure) {
    return Thread.currentThread().isInterrupted() && !message().equals(failure.getMessage())
        ? new TenonException(message(), failure)
        : failure;
  }

  private static String message() {
    return "Load was interrupted: thread=" + Thread.currentThread().getName();
  }
}
