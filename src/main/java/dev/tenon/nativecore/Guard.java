package dev.tenon.nativecore;

import dev.tenon.TenonException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Lets many use a native resource, and closes it only when none does. */
final class Guard {
  private static final int CLOSED = -1;

  private final AtomicInteger users = new AtomicInteger();
  private final String what;

  Guard(String what) {
    this.what = what;
  }

  void use(Runnable call) {
    use(
        () -> {
          call.run();
          return true;
        });
  }

  <T> T use(Supplier<T> call) {
    if (users.getAndUpdate(n -> n == CLOSED ? CLOSED : n + 1) == CLOSED) {
      throw new TenonException("Used after it was closed: what=" + what);
    }
    try {
      return call.get();
    } finally {
      users.decrementAndGet();
    }
  }

  /**
   * Closes the guard; the caller then releases the resource.
   *
   * @return false if it was closed before
   */
  boolean close() {
    int before = users.compareAndExchange(0, CLOSED);
    if (before > 0) {
      throw new TenonException(
          "Attempt to close it while it is in use: what=%s, calls=%d".formatted(what, before));
    }
    return before == 0;
  }
}
