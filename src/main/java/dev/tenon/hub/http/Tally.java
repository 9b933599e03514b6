package dev.tenon.hub.http;

import dev.tenon.TenonException;
import dev.tenon.hub.HubListener;

/** Counts the bytes of a download's files together and tells how many there are. */
public final class Tally {
  private final HubListener listener;
  private final long total;
  private long done;

  public Tally(HubListener listener, long total) {
    this.listener = listener;
    this.total = total;
  }

  /** More bytes are here, or fewer. */
  public synchronized void add(long bytes) {
    done += bytes;
    try {
      listener.progress(done, total);
    } catch (RuntimeException e) {
      throw failed(e);
    }
  }

  public synchronized void warn(String message) {
    try {
      listener.warn(message);
    } catch (RuntimeException e) {
      throw failed(e);
    }
  }

  /** No fault of the hub's, so that nobody tries again. */
  private static TenonException failed(RuntimeException e) {
    return new TenonException("The download's listener failed: reason=" + Facts.reason(e), e);
  }
}
