package dev.tenon.engine;

/** Is told how far a load is. Must be quick; may be called by any thread. */
@FunctionalInterface
public interface LoadListener {
  /** Tells nobody. */
  LoadListener NONE = (phase, done, total) -> {};

  /**
   * More bytes of a phase are done.
   *
   * @param phase {@link Phase#READ} or {@link Phase#INIT}
   * @param done bytes done so far
   * @param total bytes there are to do
   */
  void progress(Phase phase, long done, long total);
}
