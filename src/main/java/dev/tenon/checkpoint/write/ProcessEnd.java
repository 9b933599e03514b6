package dev.tenon.checkpoint.write;

import dev.tenon.TenonException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Has a signal or an exit that ends the process interrupt what this thread does, and wait until it
 * has cleared up after itself, as it does after any interrupt. A kill asks nobody.
 */
final class ProcessEnd implements AutoCloseable {
  /** One step of a save takes less, unless the disk hangs. */
  private static final long LONGEST_SECONDS = 30;

  private final Thread worker = Thread.currentThread();
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook = new Thread(this::interrupt, "tenon-process-end");

  private ProcessEnd() {}

  /**
   * Begins to watch for the end, until this is closed by the same thread.
   *
   * @throws TenonException if the process is ending already
   */
  static ProcessEnd interrupting() {
    ProcessEnd end = new ProcessEnd();
    try {
      Runtime.getRuntime().addShutdownHook(end.hook);
    } catch (IllegalStateException e) {
      throw new TenonException("Nothing is saved while the process ends", e);
    }
    return end;
  }

  private void interrupt() {
    worker.interrupt();
    try {
      done.await(LONGEST_SECONDS, TimeUnit.SECONDS); // Else the next save removes what is left.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending, and the hook with it.
    }
  }
}
