package dev.tenon.skeleton;

import dev.tenon.TenonException;
import dev.tenon.file.LostLink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a config lies on disk, and how much of a file is taken for one. */
final class ConfigFile {
  private static final long MAX_BYTES = 16L << 20;

  private ConfigFile() {}

  static Config read(Path path) {
    Path file = Files.isDirectory(path) ? path.resolve("config.json") : path;
    try {
      if (!Files.isRegularFile(file)) {
        throw new TenonException("No such config: file=" + file + LostLink.facts(file));
      }
      if (Files.size(file) > MAX_BYTES) {
        throw new TenonException(
            "Config is too large: file=%s, bytes=%d, limit=%d"
                .formatted(file, Files.size(file), MAX_BYTES));
      }
      return Config.parse(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new TenonException("Config cannot be read: file=" + file + ", reason=" + e, e);
    }
  }
}
