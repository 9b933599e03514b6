package dev.tenon.hub;

import dev.tenon.TenonException;
import dev.tenon.hub.cache.RemoteFile;
import dev.tenon.hub.cache.RepoFolder;
import dev.tenon.hub.cache.Snapshot;
import dev.tenon.hub.cache.SnapshotWriter;
import dev.tenon.hub.http.Backoff;
import dev.tenon.hub.http.Facts;
import dev.tenon.hub.http.HubClient;
import dev.tenon.hub.http.Settings;
import dev.tenon.hub.http.Tally;
import dev.tenon.hub.http.Unavailable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One download of one model: what is needed is found, brought, and at last named. */
final class Download {
  private final Settings settings;
  private final ModelName model;
  private final ModelFiles needed;
  private final RepoFolder folder;

  Download(Settings settings, ModelName model, ModelFiles needed) {
    this.settings = settings;
    this.model = model;
    this.needed = needed;
    this.folder = settings.cache().folder(model);
  }

  /** Does it; see {@link Hub#download(ModelName, String)}. */
  Path run() {
    if (model.isCommit()) {
      Snapshot snapshot = new Snapshot(folder, model.revision());
      if (snapshot.isComplete(needed)) {
        return snapshot.path();
      }
    }
    if (settings.offline()) {
      return cached(
          new Unavailable("The network is not to be used: model=" + model + ", HF_HUB_OFFLINE=1"));
    }
    try (HubClient client = new HubClient(settings)) {
      return run(client);
    } catch (Unavailable e) {
      return cached(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TenonException(
          "The download was interrupted; the next one goes on from there: model=" + model, e);
    } catch (IOException e) {
      throw new TenonException(
          "The cache cannot be written: model=%s, folder=%s, reason=%s"
              .formatted(model, folder.path(), Facts.reason(e)),
          e);
    }
  }

  private Path run(HubClient client) throws IOException, InterruptedException {
    Repository repository = repository(client);
    SnapshotWriter snapshot =
        new SnapshotWriter(
            new Snapshot(folder, repository.commit()), settings.environment().withoutLinks());
    try (Crew crew = new Crew(settings.parallel())) {
      Fetch fetch = new Fetch(settings, client, repository, snapshot);
      Listing listing = new Listing(settings.listener(), model, needed, repository, crew);
      List<RemoteFile> files = listing.files(fetch, snapshot);
      long before = listing.brought();
      Tally tally = new Tally(settings.listener(), before + snapshot.missing(files));
      if (before > 0) {
        tally.add(before);
      }
      crew.all(
          files,
          file -> {
            fetch.file(file, tally);
            return file;
          });
      if (needed.tokenizer()) {
        snapshot.noteTokenizer(needed, listing.tokenizer());
      }
    }
    snapshot.refer(model.revision());
    return snapshot.snapshot().path();
  }

  private Repository repository(HubClient client) throws InterruptedException {
    List<String> names = new ArrayList<>(List.of(needed.config()));
    names.addAll(needed.weights());
    // Where the cache serves as well nobody waits for a hub that does not answer.
    Backoff standard = settings.backoff();
    Backoff backoff =
        inCache() == null
            ? standard
            : new Backoff(0, standard.first(), standard.longest(), standard.patience());
    return Repository.open(settings, client, model, names, backoff);
  }

  /** What the cache has, if it is enough. */
  private @Nullable Path inCache() {
    Path found = settings.cache().find(model);
    return found != null && new Snapshot(folder, found.getFileName().toString()).suffices(needed)
        ? found
        : null;
  }

  private Path cached(Unavailable reason) {
    Path found = inCache();
    if (found == null) {
      throw reason;
    }
    if (needed.patterns().choose()) {
      settings
          .listener()
          .warn(
              "The cache serves in the hub's place, which alone knows all files that match: %s"
                  .formatted(reason.getMessage()));
    } else if (!settings.offline()) {
      settings.listener().warn("The cache serves in the hub's place: " + reason.getMessage());
    }
    return found;
  }
}
