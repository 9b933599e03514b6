package dev.tenon.integrity;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Shard;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** One reading of several files, as many at a time as there are processors. */
final class Reading {
  private Reading() {}

  /** What is done with one file. */
  interface Work {
    /** The sinks of its pass; empty to read it and no more. */
    List<FilePass.Sink> sinks();

    /** What is left to do once all have seen the whole file. */
    void finish() throws IOException;
  }

  /**
   * Reads all files. When it returns, by whatever way, no thread of it is left.
   *
   * @throws TenonException if one cannot be read or changed, or the thread is interrupted, whose
   *     status is then set again
   */
  static void run(List<Shard> shards, Function<Shard, Work> works, ReadProgress progress) {
    int threads = Runtime.getRuntime().availableProcessors();
    ExecutorService readers =
        Executors.newFixedThreadPool(
            Math.max(1, Math.min(shards.size(), threads)), named("tenon-read-"));
    ExecutorService pool = Executors.newFixedThreadPool(threads, named("tenon-scan-"));
    long total = shards.stream().mapToLong(Shard::size).sum();
    AtomicLong done = new AtomicLong();
    try {
      List<Future<?>> files = new ArrayList<>();
      for (Shard shard : shards) {
        Work work = works.apply(shard);
        files.add(
            readers.submit(
                () -> {
                  FilePass pass = new FilePass(shard, work.sinks(), pool);
                  pass.run(bytes -> progress.update(done.addAndGet(bytes), total));
                  work.finish();
                  return null;
                }));
      }
      for (int i = 0; i < files.size(); i++) {
        await(shards.get(i), files.get(i));
      }
    } finally {
      end(readers);
      end(pool);
    }
  }

  private static void await(Shard shard, Future<?> file) {
    try {
      file.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TenonException("Reading was interrupted: file=" + shard.file(), e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof TenonException known) {
        throw known;
      } else if (cause instanceof Error error) {
        throw error;
      }
      throw new TenonException(
          "Reading failed: file=" + shard.file() + ", reason=" + cause.getMessage(), cause);
    }
  }

  /** Stops what still runs and waits until it has: its sinks may be the caller's. */
  private static void end(ExecutorService threads) {
    threads.shutdownNow();
    boolean interrupted = false;
    while (true) {
      try {
        if (threads.awaitTermination(1, TimeUnit.HOURS)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static ThreadFactory named(String prefix) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, prefix + count.getAndIncrement());
      thread.setDaemon(true);
      return thread;
    };
  }
}
