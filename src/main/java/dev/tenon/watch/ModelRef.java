package dev.tenon.watch;

import dev.tenon.Lease;
import dev.tenon.LoadOptions;
import dev.tenon.LoadReport;
import dev.tenon.Model;
import dev.tenon.Tenon;
import dev.tenon.TenonException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The current version of a model that is replaced while it is used.
 *
 * <p>A reader takes a {@link Lease}, or passes its work to {@link #using}, and has one and the same
 * version until it is done. Readers never wait, neither for each other nor for a new version: that
 * counts from the moment it is {@linkplain #swap set}, and the version before is freed in the
 * thread of its last reader. Until then both are in memory.
 *
 * <p>Thread-safe. It owns the models it is given; while a reader has one, {@link Model#close},
 * {@link Model#to} and other changes of that model are refused.
 */
public final class ModelRef implements AutoCloseable {
  /** Null once this is closed. */
  private final AtomicReference<@Nullable Model> current;

  private final ReentrantLock reloading = new ReentrantLock();

  /**
   * A reference to a first version.
   *
   * @param first the model, which this object takes over
   */
  public ModelRef(Model first) {
    current = new AtomicReference<>(first);
  }

  /**
   * The version that is current now, for as long as the caller wants it.
   *
   * @return the lease, which the caller closes
   * @throws TenonException if this reference is closed, or a thread is changing the model
   */
  public Lease acquire() {
    while (true) {
      Model model = current.get();
      if (model == null) {
        throw closed();
      }
      Optional<Lease> lease = model.lease();
      if (lease.isPresent()) {
        return lease.get();
      } else if (current.get() == model) {
        throw new TenonException("The current model was closed by its own close method");
      }
    }
  }

  /**
   * Works with the version that is current now, and with that one alone until the work returns.
   *
   * @param work what to do; it may return a value, but no tensor of the model
   * @return what the work returns
   * @throws TenonException if this reference is closed, or a thread is changing the model
   */
  public <T extends @Nullable Object> T using(Function<Model, T> work) {
    try (Lease lease = acquire()) {
      return work.apply(lease.model());
    }
  }

  /**
   * Sets a new version. Readers that have the one before keep it; it is freed when the last of them
   * is done.
   *
   * @param next the model, which this object takes over
   * @throws TenonException if this reference is closed, or has this very model; then the caller
   *     still owns it
   */
  public void swap(Model next) {
    while (true) {
      Model before = current.get();
      if (before == null) {
        throw closed();
      } else if (before == next) {
        throw new TenonException("The model is the current one already");
      } else if (current.compareAndSet(before, next)) {
        before.retire();
        return;
      }
    }
  }

  /**
   * Loads a new version and sets it. Of several threads that reload, one does so at a time.
   *
   * @param path as for {@link Tenon#load}
   * @param options how to load
   * @return what the load did
   * @throws TenonException if the load fails, the thread is interrupted, or this reference is
   *     closed; the version before then stays what it is
   */
  public LoadReport reload(Path path, LoadOptions options) {
    try {
      reloading.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TenonException("Interrupted while another reload was under way", e);
    }
    try {
      Model next = Tenon.load(path, options);
      try {
        swap(next);
      } catch (TenonException e) {
        next.close();
        throw e;
      }
      return next.report();
    } finally {
      reloading.unlock();
    }
  }

  /**
   * Gives the current version up: it is freed when its last reader is done, at once if there is
   * none. Does not wait for readers. Closing again does nothing.
   */
  @Override
  public void close() {
    Model last = current.getAndSet(null);
    if (last != null) {
      last.retire();
    }
  }

  private static TenonException closed() {
    return new TenonException("Attempt to use a reference to a model, but it is closed");
  }
}
