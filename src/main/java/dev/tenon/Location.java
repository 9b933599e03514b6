package dev.tenon;

import dev.tenon.checkpoint.CheckpointFiles;
import dev.tenon.hub.Hub;
import dev.tenon.hub.HubCache;
import dev.tenon.hub.ModelName;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What somebody typed, which may be a path or a model's name. */
final class Location {
  private Location() {}

  /**
   * A path that exists, or a snapshot, or a path that whoever opens it will complain about.
   *
   * @param names where a model's name leads, or null for the cache
   */
  static Path of(String text, @Nullable Function<ModelName, Path> names) {
    Path path = path(text);
    if (path != null && Files.exists(path)) {
      return path;
    }
    ModelName name = ModelName.find(text);
    if (name != null) {
      return names == null ? HubCache.standard().require(name) : names.apply(name);
    } else if (path == null) {
      throw new TenonException("Neither a path nor a model's name: text=" + text);
    }
    return path;
  }

  /** Where names lead under these options: to what the hub gives, or null for the cache. */
  static @Nullable Function<ModelName, Path> names(LoadOptions options) {
    Hub hub = options.hub();
    return hub == null ? null : name -> hub.download(name, options.variant());
  }

  /** What options mean of a path: a folder of it, or itself. */
  static Path within(Path path, LoadOptions options) {
    String subfolder = options.subfolder();
    return subfolder == null ? path : CheckpointFiles.subfolder(path, subfolder);
  }

  private static @Nullable Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
