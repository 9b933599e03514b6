package dev.tenon.watch;

import dev.tenon.LoadReport;
import dev.tenon.TenonException;

/**
 * Is told what became of each reload of a {@link ModelWatch}, by the watch's own thread: while it
 * is busy with that, no change is seen.
 */
public interface ReloadListener {
  /** Tells nobody. */
  ReloadListener NONE =
      new ReloadListener() {
        @Override
        public void reloaded(LoadReport report) {}

        @Override
        public void failed(Throwable failure) {}
      };

  /**
   * A new version is current.
   *
   * @param report what its load did
   */
  void reloaded(LoadReport report);

  /**
   * A new version did not load; the one before stays current. The next change is tried again.
   *
   * @param failure a {@link TenonException}, or an {@code Error} of the options' own initialiser or
   *     listener
   */
  void failed(Throwable failure);
}
