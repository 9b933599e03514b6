package dev.tenon.hub;

import dev.tenon.TenonException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Threads that do several things at once for one that waits for all of them. */
final class Crew implements AutoCloseable {
  private final ExecutorService threads;

  Crew(int size) {
    threads =
        Executors.newFixedThreadPool(
            size,
            task -> {
              Thread thread = new Thread(task, "tenon-download");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** What is done with one of many. */
  @FunctionalInterface
  interface Work<A, T extends @Nullable Object> {
    /** Does it. */
    T on(A item) throws IOException, InterruptedException;
  }

  /**
   * Does the same with all items; the first that fails ends the others.
   *
   * @return what became of them, in their order
   */
  <A, T extends @Nullable Object> List<T> all(List<A> items, Work<A, T> work)
      throws IOException, InterruptedException {
    ExecutorCompletionService<T> done = new ExecutorCompletionService<>(threads);
    List<Future<T>> futures = new ArrayList<>();
    try {
      for (A item : items) {
        futures.add(done.submit(() -> work.on(item)));
      }
      for (int i = 0; i < items.size(); i++) {
        done.take().get();
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } finally {
      futures.forEach(future -> future.cancel(true));
    }
  }

  private static IOException failure(Throwable cause) throws InterruptedException {
    if (cause instanceof TenonException told) {
      throw told;
    } else if (cause instanceof InterruptedException interrupted) {
      throw interrupted;
    } else if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof IOException io ? io : new IOException(cause);
  }

  /** Ends the threads and waits until they have let go of their files. */
  @Override
  public void close() {
    threads.shutdownNow();
    boolean interrupted = false;
    try {
      while (!threads.isTerminated()) {
        try {
          threads.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
