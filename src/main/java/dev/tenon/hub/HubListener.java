package dev.tenon.hub;

/** Is told how a download goes, for a bar or a log. Must be quick; one thread calls at a time. */
public interface HubListener {
  /** Tells nobody. */
  HubListener NONE = new HubListener() {};

  /**
   * Bytes have arrived.
   *
   * @param done bytes that are here, those of an interrupted download included; fewer than before
   *     where a file had to be begun anew
   * @param total bytes of all files that are not in the cache yet
   */
  default void progress(long done, long total) {}

  /**
   * Something is not as it was asked for, and does not keep the download from going on: the hub
   * does not answer and the cache serves, another process has the lock.
   *
   * @param message a sentence and its {@code key=value} facts
   */
  default void warn(String message) {}
}
