package dev.tenon;

import dev.tenon.hub.HubCache;
import dev.tenon.hub.ModelName;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What somebody typed, which may be a path or a model's name. */
final class Location {
  private Location() {}

  /** A path that exists, or a snapshot, or a path that whoever opens it will complain about. */
  static Path of(String text) {
    Path path = path(text);
    if (path != null && Files.exists(path)) {
      return path;
    }
    ModelName name = ModelName.find(text);
    if (name != null) {
      return HubCache.standard().require(name);
    } else if (path == null) {
      throw new TenonException("Neither a path nor a model's name: text=" + text);
    }
    return path;
  }

  private static @Nullable Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
