package dev.tenon.watch;

import dev.tenon.LoadOptions;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.CheckpointStamp;
import dev.tenon.checkpoint.directory.CheckpointFiles;
import dev.tenon.hub.Hub;
import dev.tenon.hub.HubCache;
import dev.tenon.hub.ModelName;
import dev.tenon.load.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a watch looks at.
 *
 * @param name what the application calls it
 * @param path where it is now; throws a {@link TenonException} if it is nowhere
 * @param subfolder the folder of it that the model is in, or null
 * @param ref the directory of the file that says so, or null if the path is always the same
 */
record WatchTarget(
    String name, Supplier<Path> path, @Nullable String subfolder, @Nullable Path ref) {
  private static final CheckpointStamp NOTHING = new CheckpointStamp(Map.of());

  static WatchTarget of(Path path, @Nullable String subfolder) {
    return new WatchTarget(path.toString(), () -> path, subfolder, null);
  }

  /** What a text leads to; under options with a hub, a name is downloaded. */
  static WatchTarget of(String text, LoadOptions options) {
    Path path = Location.of(text, Location.names(options));
    ModelName name = ModelName.find(text);
    if (name == null || Files.exists(Path.of(text))) {
      return of(path, options.subfolder());
    }
    Hub hub = options.hub();
    return of(hub == null ? HubCache.standard() : hub.cache(), name, options.subfolder());
  }

  static WatchTarget of(HubCache cache, ModelName name, @Nullable String subfolder) {
    return new WatchTarget(
        name.toString(),
        () -> Location.file(cache.require(name), name),
        subfolder,
        cache.ref(name).getParent());
  }

  /** The stamp as of now; of no files where there is nothing. */
  CheckpointStamp stamp() {
    Path now = where();
    return now == null ? NOTHING : CheckpointStamp.of(now);
  }

  /** The directories in which a change may lead to another stamp. */
  Set<Path> directories() {
    Set<Path> directories = new TreeSet<>();
    Path now = where();
    if (now != null) {
      directories.addAll(CheckpointStamp.of(now).directories(now));
    }
    if (ref != null) {
      directories.add(ref);
    }
    return directories;
  }

  private @Nullable Path where() {
    try {
      Path now = path.get();
      return subfolder == null ? now : CheckpointFiles.subfolder(now, subfolder);
    } catch (TenonException e) {
      return null; // The reload that follows says why.
    }
  }
}
