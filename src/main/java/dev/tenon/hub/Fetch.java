package dev.tenon.hub;

import dev.tenon.TenonException;
import dev.tenon.hub.cache.BlobLock;
import dev.tenon.hub.cache.PartialBlob;
import dev.tenon.hub.cache.RemoteFile;
import dev.tenon.hub.cache.SnapshotWriter;
import dev.tenon.hub.http.Attempts;
import dev.tenon.hub.http.HubClient;
import dev.tenon.hub.http.Settings;
import dev.tenon.hub.http.Tally;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;

/** Brings single files into a snapshot. May be used by any number of threads. */
final class Fetch {
  private static final int NOT_SATISFIABLE = 416;

  /** An attempt that brought as much was not in vain. */
  private static final long PROGRESS = 1 << 20;

  private final Settings settings;
  private final HubClient client;
  private final Repository repository;
  private final SnapshotWriter snapshot;

  Fetch(Settings settings, HubClient client, Repository repository, SnapshotWriter snapshot) {
    this.settings = settings;
    this.client = client;
    this.repository = repository;
    this.snapshot = snapshot;
  }

  /** Puts a file in its place, and gets its bytes if they are not in the cache. */
  void file(RemoteFile file, Tally tally) throws IOException, InterruptedException {
    if (!snapshot.has(file)) {
      Path blob = snapshot.blob(file);
      Path lock = snapshot.snapshot().folder().lock(file.hash().hex());
      String waiting =
          "Another process downloads the file, which is waited for: file=" + file.name();
      BlobLock held = BlobLock.take(lock, () -> tally.warn(waiting));
      try {
        if (SnapshotWriter.isWhole(blob, file)) {
          Files.deleteIfExists(PartialBlob.pathOf(blob.getParent(), file.hash()));
          tally.add(file.size());
        } else {
          blob(file, blob, tally);
        }
      } finally {
        held.close();
      }
    }
    snapshot.place(file);
  }

  private void blob(RemoteFile file, Path blob, Tally tally)
      throws IOException, InterruptedException {
    try (PartialBlob partial = PartialBlob.open(blob.getParent(), file)) {
      tally.add(partial.length());
      fill(partial, tally);
      if (!partial.publish(blob)) {
        // Bytes of two attempts may not belong together: once more, in one.
        tally.add(-file.size());
        fill(partial, tally);
        if (!partial.publish(blob)) {
          throw new TenonException(
              "The bytes the hub sends are not those it announced: file=%s, hash=%s, bytes=%d"
                  .formatted(file.name(), file.hash().hex(), file.size()));
        }
      }
    }
  }

  private void fill(PartialBlob partial, Tally tally) throws IOException, InterruptedException {
    URI uri = repository.uri(partial.file().name());
    Attempts attempts = new Attempts(settings.backoff(), "url=" + uri);
    long most = partial.length();
    boolean restarted = false;
    while (!partial.isWhole()) {
      IOException failure = new IOException("The answer ended early");
      boolean restart = false;
      try {
        HttpResponse<Void> response = client.get(uri, partial, tally);
        restart = response.statusCode() == NOT_SATISFIABLE && partial.length() > 0 && !restarted;
        if (response.statusCode() >= 300 && !restart) {
          throw repository.refusal(response);
        }
      } catch (IOException e) {
        failure = e;
      }
      // Bytes that came before count once: a server that has us begin anew for ever is given up.
      if (partial.length() - most >= PROGRESS) {
        most = partial.length();
        attempts.progressed();
      }
      if (restart) {
        restarted = true;
        tally.add(-partial.length());
        partial.restart(); // Out here: that it fails is no fault of the hub's.
      } else if (!partial.isWhole()) {
        attempts.failed(failure);
      }
    }
  }
}
