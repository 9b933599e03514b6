package dev.tenon;

/** Is told how far a save is, for a bar or a log, by the thread that saves. Must be quick. */
@FunctionalInterface
public interface SaveProgress {
  /** Tells nobody. */
  SaveProgress NONE = (done, total) -> {};

  /**
   * More bytes of tensors are written.
   *
   * @param done bytes written so far
   * @param total bytes there are to write
   */
  void update(long done, long total);
}
