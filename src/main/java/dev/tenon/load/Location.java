package dev.tenon.load;

import dev.tenon.LoadOptions;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.directory.CheckpointFiles;
import dev.tenon.hub.FilePatterns;
import dev.tenon.hub.Hub;
import dev.tenon.hub.HubCache;
import dev.tenon.hub.ModelName;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What somebody typed, which may be a path or a model's name. */
public final class Location {
  private static final String ENCODING = System.getProperty("sun.jnu.encoding", "UTF-8");

  /** Where relative paths begin. */
  private static final String HERE = System.getProperty("user.dir", "");

  /** What stands for bytes that the locale has no characters for. */
  private static final char UNDECODED = '\uFFFD';

  private Location() {}

  /**
   * A path that exists, or a snapshot, or a path that whoever opens it will complain about.
   *
   * @param names where a model's name leads, or null for the cache
   */
  public static Path of(String text, @Nullable Function<ModelName, Path> names) {
    Path path = path(text);
    if (path != null && Files.exists(path)) {
      return path;
    }
    ModelName name = ModelName.find(text);
    if (name != null) {
      try {
        Path snapshot = names == null ? HubCache.standard().require(name) : names.apply(name);
        return file(snapshot, name);
      } catch (TenonException e) {
        throw isSpelt(HERE) ? e : unspelt(HERE);
      }
    } else if (path == null) {
      throw isSpelt(text)
          ? new TenonException("Neither a path nor a model's name: text=" + text)
          : unspelt(text);
    } else if (!path.isAbsolute() && !isSpelt(HERE)) {
      throw unspelt(HERE);
    }
    return path;
  }

  /** What a name means in its snapshot: the file it names, or all of it. */
  public static Path file(Path snapshot, ModelName name) {
    if (name.file() == null) {
      return snapshot;
    }
    Path file = snapshot.resolve(name.file());
    if (!Files.exists(file)) {
      throw new TenonException(
          "The cache has the model, but not this file: model=%s, directory=%s; tenon download fetches it"
              .formatted(name, snapshot));
    }
    return file;
  }

  /** Whether the JVM can tell the system this path: its locale decides with which bytes. */
  private static boolean isSpelt(String path) {
    return path.indexOf(UNDECODED) < 0 && Charset.forName(ENCODING).newEncoder().canEncode(path);
  }

  private static TenonException unspelt(String path) {
    return new TenonException(
        "The JVM's locale cannot spell the path: path=%s, sun.jnu.encoding=%s, remedy=LC_ALL=C.UTF-8 in the environment"
            .formatted(path, ENCODING));
  }

  /** Where names lead under these options: to what the hub gives, or null for the cache. */
  public static @Nullable Function<ModelName, Path> names(LoadOptions options) {
    Hub hub = options.hub();
    return hub == null
        ? null
        : name -> hub.download(name, options.variant(), options.subfolder(), FilePatterns.NONE);
  }

  /** What options mean of a path: a folder of it, or itself. */
  public static Path within(Path path, LoadOptions options) {
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
