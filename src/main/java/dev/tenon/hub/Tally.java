package dev.tenon.hub;

/** Counts the bytes of a download's files together and tells how many there are. */
final class Tally {
  private final HubListener listener;
  private final long total;
  private long done;

  Tally(HubListener listener, long total) {
    this.listener = listener;
    this.total = total;
  }

  /** More bytes are here, or fewer. */
  synchronized void add(long bytes) {
    done += bytes;
    listener.progress(done, total);
  }

  synchronized void warn(String message) {
    listener.warn(message);
  }
}
