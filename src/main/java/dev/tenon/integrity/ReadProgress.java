package dev.tenon.integrity;

/** Is told how far a reading is. Must be quick; called by any thread. */
@FunctionalInterface
public interface ReadProgress {
  /** Tells nobody. */
  ReadProgress NONE = (done, total) -> {};

  /**
   * More bytes are done.
   *
   * @param done bytes done so far
   * @param total bytes there are to do
   */
  void update(long done, long total);
}
