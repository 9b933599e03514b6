package dev.tenon.nativecore;

import dev.tenon.TenonException;
import java.util.concurrent.atomic.AtomicInteger;

/** Lets many use a native resource, and closes it only when none does. */
final class Guard {
  private static final int CLOSED = -1;

  private final AtomicInteger users = new AtomicInteger();
  private final Use use = new Use();
  private final String what;

  Guard(String what) {
    this.what = what;
  }

  /** A use of the resource, which ends by being closed. */
  final class Use implements AutoCloseable {
    private Use() {}

    @Override
    public void close() {
      users.decrementAndGet();
    }
  }

  /**
   * Begins a use.
   *
   * @throws TenonException if the resource was closed
   */
  Use use() {
    for (int before = users.get(); before != CLOSED; before = users.get()) {
      if (users.compareAndSet(before, before + 1)) {
        return use;
      }
    }
    throw new TenonException("Used after it was closed: what=" + what);
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
