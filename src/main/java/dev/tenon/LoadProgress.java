package dev.tenon;

/**
 * Is told how far a load is, for a bar or a log. Must be quick; may be called by any thread. An
 * exception it throws ends the load, as the cause of a {@link TenonException}.
 */
@FunctionalInterface
public interface LoadProgress {
  /** Tells nobody. */
  LoadProgress NONE = (phase, done, total) -> {};

  /**
   * More bytes of a phase are done.
   *
   * @param phase {@code read} or {@code init}
   * @param done bytes done so far
   * @param total bytes there are to do
   */
  void update(String phase, long done, long total);
}
