package dev.tenon.engine.file;

import dev.tenon.TenonException;
import dev.tenon.engine.torch.Interruption;
import dev.tenon.engine.torch.TorchErrors;
import dev.tenon.trace.Span;
import dev.tenon.trace.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a load's jobs on several threads. They all have ended when {@link #run} returns, however it
 * does: memory a job writes to may then be freed.
 */
@SuppressWarnings("try") // A span works by being closed; nothing refers to it.
public final class Workers {

  /** What a job does. */
  public interface Work {
    void run() throws Exception;
  }

  /**
   * A piece of work, short enough that an interrupt may wait for it.
   *
   * @param slot whose bytes it brings in
   * @param bytes how many
   * @param work what it does
   */
  public record Job(String slot, long bytes, Work work) {}

  private Workers() {}

  /**
   * Runs jobs, in order as threads become free.
   *
   * @param trace told how long each job took
   * @param done is told the bytes of each job that ended, by the thread that ran it
   * @throws TenonException if one failed, or if the calling thread is interrupted: then its
   *     interrupt status is set again
   */
  public static void run(List<Job> jobs, int threads, Trace trace, LongConsumer done) {
    if (jobs.isEmpty()) {
      Interruption.check();
      return;
    }
    AtomicInteger next = new AtomicInteger();
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Runnable loop = () -> drain(jobs, next, stop, failure, trace, done);
    List<Thread> started = start(loop, Math.min(threads, jobs.size()) - 1);
    loop.run();
    boolean interrupted = await(started, stop);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Interruption.check();
    Throwable cause = failure.get();
    if (cause instanceof Error error) {
      throw error;
    } else if (cause != null) {
      throw TorchErrors.of("Reading failed", "jobs=" + jobs.size(), cause);
    }
  }

  private static void drain(
      List<Job> jobs,
      AtomicInteger next,
      AtomicBoolean stop,
      AtomicReference<@Nullable Throwable> failure,
      Trace trace,
      LongConsumer done) {
    for (int i = next.getAndIncrement(); i < jobs.size(); i = next.getAndIncrement()) {
      if (stop.get() || Thread.currentThread().isInterrupted()) {
        stop.set(true);
        return;
      }
      Job job = jobs.get(i);
      try (Span span = trace.slot(job.slot(), job.bytes())) {
        job.work().run();
        done.accept(job.bytes());
      } catch (Throwable e) {
        failure.compareAndSet(null, e);
        stop.set(true);
        return;
      }
    }
  }

  /** As many as the system has left, up to a number: the caller works too. */
  private static List<Thread> start(Runnable loop, int helpers) {
    List<Thread> started = new ArrayList<>(Math.max(0, helpers));
    try {
      while (started.size() < helpers) {
        Thread thread = new Thread(loop, "tenon-read-" + started.size());
        thread.setDaemon(true);
        thread.start();
        started.add(thread);
      }
    } catch (OutOfMemoryError e) {
      return started;
    }
    return started;
  }

  private static boolean await(List<Thread> threads, AtomicBoolean stop) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
          stop.set(true);
        }
      }
    }
    return interrupted;
  }
}
