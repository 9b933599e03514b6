package dev.tenon;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets any number of threads use a model at once, or one thread change or close it. Nobody waits: a
 * change or a close that comes while the model is in use is refused, so no call ever runs on memory
 * that is gone.
 */
final class Guard {
  private static final int FREE = 0;
  private static final int CHANGING = -1;
  private static final int CLOSED = -2;

  /** How many calls are inside, or one of the states above. */
  private final AtomicInteger state = new AtomicInteger();

  /** A call begins; {@link #leave()} must follow. */
  void enter() {
    while (true) {
      int now = state.get();
      if (now < FREE) {
        throw refusal("use", now);
      } else if (state.compareAndSet(now, now + 1)) {
        return;
      }
    }
  }

  /** A call ends. */
  void leave() {
    state.decrementAndGet();
  }

  /** A change begins, with nobody else inside; {@link #endChange()} must follow. */
  void beginChange() {
    int now = state.compareAndExchange(FREE, CHANGING);
    if (now != FREE) {
      throw refusal("change", now);
    }
  }

  /** A change ends. */
  void endChange() {
    state.set(FREE);
  }

  /** Closes, with nobody inside; false if it was closed already. */
  boolean close() {
    int now = state.compareAndExchange(FREE, CLOSED);
    if (now != FREE && now != CLOSED) {
      throw refusal("close", now);
    }
    return now == FREE;
  }

  private static TenonException refusal(String attempt, int state) {
    String reason =
        switch (state) {
          case CLOSED -> "it is closed";
          case CHANGING -> "another thread is changing it";
          default -> "it is in use: calls=" + state;
        };
    return new TenonException("Attempt to " + attempt + " a model, but " + reason);
  }
}
