package dev.tenon;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets any number of threads use a model at once, or one thread change or close it. Nobody waits: a
 * change or a close that comes while the model is in use is refused, so no call ever runs on memory
 * that is gone. A model that is retired instead is closed by whoever leaves last.
 */
final class Guard {
  private static final int FREE = 0;
  private static final int CHANGING = -1;
  private static final int CHANGING_RETIRED = -2;

  /**
   * Added to the calls inside a retired model; alone, with no call left, it is the closed state.
   */
  private static final int RETIRED = 1 << 30;

  private static final int CLOSED = RETIRED;

  /** What is guarded, as errors call it. */
  private final String what;

  /** How many calls are inside, {@link #RETIRED} or not, or one of the negative states above. */
  private final AtomicInteger state = new AtomicInteger();

  Guard(String what) {
    this.what = what;
  }

  /** A call begins; {@link #leave()} must follow. */
  void enter() {
    int refused = tryEnter();
    if (refused != FREE) {
      throw refusal("use", refused);
    }
  }

  /** A call begins, and {@link #leave()} must follow, unless the model is closed: then false. */
  boolean enterIfOpen() {
    int refused = tryEnter();
    if (refused != FREE && refused != CLOSED) {
      throw refusal("use", refused);
    }
    return refused == FREE;
  }

  /** {@link #FREE} if a call has begun, else the state that forbids it. */
  private int tryEnter() {
    while (true) {
      int now = state.get();
      if (now < FREE || now == CLOSED) {
        return now;
      } else if (state.compareAndSet(now, now + 1)) {
        return FREE;
      }
    }
  }

  /** A call ends; true if that has closed the model, which the caller then frees. */
  boolean leave() {
    return state.decrementAndGet() == CLOSED;
  }

  /** A change begins, with nobody else inside; {@link #endChange()} must follow. */
  void beginChange() {
    int now = state.compareAndExchange(FREE, CHANGING);
    if (now != FREE) {
      throw refusal("change", now);
    }
  }

  /** A change ends; true if that has closed the model, which the caller then frees. */
  boolean endChange() {
    return !state.compareAndSet(CHANGING, FREE) && state.compareAndSet(CHANGING_RETIRED, CLOSED);
  }

  /** Closes as soon as nobody is inside; true if that is now, and the caller frees the model. */
  boolean retire() {
    while (true) {
      int now = state.get();
      if (now == CHANGING_RETIRED || now >= RETIRED) {
        return false;
      }
      int then = now == CHANGING ? CHANGING_RETIRED : now + RETIRED;
      if (state.compareAndSet(now, then)) {
        return then == CLOSED;
      }
    }
  }

  /** Closes, with nobody inside; false if it was closed already. */
  boolean close() {
    int now = state.compareAndExchange(FREE, CLOSED);
    if (now != FREE && now != CLOSED) {
      throw refusal("close", now);
    }
    return now == FREE;
  }

  private TenonException refusal(String attempt, int state) {
    String reason =
        switch (state) {
          case CLOSED -> "it is closed";
          case CHANGING, CHANGING_RETIRED -> "another thread is changing it";
          default -> "it is in use: calls=" + (state & ~RETIRED);
        };
    return new TenonException("Attempt to " + attempt + " a " + what + ", but " + reason);
  }
}
