package dev.tenon.engine.torch;

import dev.tenon.TenonException;
import dev.tenon.nativecore.NativeCore;
import org.jspecify.annotations.Nullable;

/**
 * One load's handle on the native core, opened when it is first needed. Where a build has none,
 * libtorch does the same work; only counter-based numbers need it.
 */
public final class LazyCore implements AutoCloseable {
  private final int threads;
  private final boolean available;
  private @Nullable NativeCore core;

  private LazyCore(int threads, boolean available) {
    this.threads = threads;
    this.available = available;
  }

  /** The build's native core, if it has one. */
  public static LazyCore of(int threads) {
    return new LazyCore(threads, NativeCore.available());
  }

  /** No native core, as in a build without one. */
  public static LazyCore none() {
    return new LazyCore(1, false);
  }

  /** Whether {@link #get} works. */
  public boolean available() {
    return available;
  }

  /**
   * Opens nothing yet.
   *
   * @throws TenonException if there is no native core; it says why
   */
  public void require() {
    require("Counter-based numbers need");
  }

  /**
   * The same, for what else needs it.
   *
   * @param what as in "Counter-based numbers need"
   */
  public void require(String what) {
    if (!available) {
      String reason = NativeCore.unavailable();
      throw new TenonException(
          what + " the native core: reason=" + (reason == null ? "not wanted" : reason));
    }
  }

  /**
   * The handle, which this object keeps. For the thread that loads.
   *
   * @throws TenonException if there is no native core
   */
  public NativeCore get() {
    require();
    NativeCore open = core;
    if (open == null) {
      open = NativeCore.load(threads);
      core = open;
    }
    return open;
  }

  @Override
  public void close() {
    if (core != null) {
      core.close();
    }
  }
}
