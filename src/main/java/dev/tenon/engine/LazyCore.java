package dev.tenon.engine;

import dev.tenon.nativecore.NativeCore;
import org.jspecify.annotations.Nullable;

/**
 * One load's handle on the native core, opened when it is first needed. Where a build has none,
 * libtorch does the same work; only counter-based numbers need it.
 */
final class LazyCore implements AutoCloseable {
  private final int threads;
  private @Nullable NativeCore core;

  LazyCore(int threads) {
    this.threads = threads;
  }

  /** Whether {@link #get} works. */
  static boolean available() {
    return NativeCore.available();
  }

  /**
   * The handle, which this object keeps. For the thread that loads.
   *
   * @throws dev.tenon.TenonException if there is no native core; it says why
   */
  NativeCore get() {
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
