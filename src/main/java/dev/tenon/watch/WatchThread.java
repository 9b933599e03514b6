package dev.tenon.watch;

import dev.tenon.LoadReport;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.CheckpointStamp;
import dev.tenon.lang.SideThread;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Looks at a checkpoint's stamp whenever a directory on the way to it changes, and now and then.
 */
final class WatchThread extends Thread implements AutoCloseable {
  /** Milliseconds without a change that end one. */
  private static final long QUIET = 100;

  /** Milliseconds between two looks where no file system tells of changes. */
  private static final long POLL = 1000;

  private final WatchTarget target;
  private final Supplier<LoadReport> reload;
  private final ReloadListener listener;
  private final WatchService service;
  private final Map<Path, WatchKey> keys = new HashMap<>();
  private CheckpointStamp tried;
  private volatile boolean closed;

  /**
   * A thread that is not started yet.
   *
   * @param loaded the stamp of the state that is loaded
   * @param reload loads the state there is
   * @throws TenonException if the system has no watch left to give
   */
  WatchThread(
      WatchTarget target,
      CheckpointStamp loaded,
      Supplier<LoadReport> reload,
      ReloadListener listener) {
    super("tenon-watch " + target.name());
    setDaemon(true);
    this.target = target;
    this.tried = loaded;
    this.reload = reload;
    this.listener = listener;
    try {
      this.service = FileSystems.getDefault().newWatchService();
    } catch (IOException e) {
      throw new TenonException(
          "Files cannot be watched: watched=" + target.name() + ", reason=" + e, e);
    }
  }

  @Override
  public void run() {
    try (service) {
      while (!closed) {
        CheckpointStamp now = settled();
        if (!now.equals(tried)) {
          tried = now;
          tryReload();
        } else {
          await(POLL);
        }
      }
    } catch (InterruptedException | ClosedWatchServiceException e) {
      closed = true;
    } catch (IOException e) {
      throw new TenonException(
          "A watch cannot be closed: watched=" + target.name() + ", reason=" + e, e);
    }
  }

  /** The stamp, once it has been the same for a while. */
  private CheckpointStamp settled() throws InterruptedException {
    CheckpointStamp now = look();
    while (!now.equals(tried)) {
      sleep(QUIET);
      CheckpointStamp before = now;
      now = look();
      if (now.equals(before)) {
        return now;
      }
    }
    return now;
  }

  /** Sees to it that changes after this are told of, then takes the stamp. */
  private CheckpointStamp look() {
    Set<Path> directories = target.directories();
    keys.entrySet()
        .removeIf(
            entry -> {
              boolean past = !directories.contains(entry.getKey()) || !entry.getValue().isValid();
              if (past) {
                entry.getValue().cancel();
              }
              return past;
            });
    for (Path directory : directories) {
      if (!keys.containsKey(directory)) {
        register(directory);
      }
    }
    return target.stamp();
  }

  private void register(Path directory) {
    try {
      keys.put(
          directory,
          directory.register(
              service,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_DELETE,
              StandardWatchEventKinds.ENTRY_MODIFY));
    } catch (IOException e) {
      // It went away, or the system has no watch left: looking now and then sees what changes.
      keys.remove(directory);
    }
  }

  private void await(long millis) throws InterruptedException {
    WatchKey key = service.poll(millis, TimeUnit.MILLISECONDS);
    while (key != null) {
      key.pollEvents();
      key.reset();
      key = service.poll();
    }
  }

  private void tryReload() {
    try {
      LoadReport report;
      try {
        report = reload.get();
      } catch (Throwable failure) {
        if (!closed) {
          listener.failed(failure);
        }
        return;
      }
      listener.reloaded(report);
    } catch (Throwable ofListener) {
      // What the application does wrong in its listener must not end the watch in silence.
      getUncaughtExceptionHandler().uncaughtException(this, ofListener);
    }
  }

  /** Ends the thread and waits for that. */
  @Override
  public void close() {
    closed = true;
    interrupt();
    if (currentThread() != this) {
      SideThread.join(this);
    }
  }
}
