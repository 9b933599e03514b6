package dev.tenon.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What stood beside a model's weights and goes with them when it is saved, as it was at the load:
 * the directory may hold another version by then.
 *
 * @param described whether there was a config
 * @param generation the bytes of {@code generation_config.json}, or null
 * @param fault why that file could not be read, which a load can do without but not a save; or null
 */
record SmallFiles(boolean described, byte @Nullable [] generation, @Nullable String fault) {
  static final String CONFIG = "config.json";
  static final String GENERATION = "generation_config.json";

  /** Nobody means a larger file by this name. */
  private static final long MAX_BYTES = 64L << 20;

  static SmallFiles of(Path directory, boolean described) {
    Path file = directory.resolve(GENERATION);
    try {
      if (!Files.isRegularFile(file)) {
        return new SmallFiles(described, null, null);
      } else if (Files.size(file) <= MAX_BYTES) {
        return new SmallFiles(described, Files.readAllBytes(file), null);
      }
      return new SmallFiles(described, null, fault(file, "it is larger than 64 MiB"));
    } catch (NoSuchFileException e) {
      return new SmallFiles(described, null, null);
    } catch (IOException e) {
      return new SmallFiles(described, null, fault(file, e.toString()));
    }
  }

  private static String fault(Path file, String reason) {
    return "A file that belongs to the model could not be read when it was loaded: file=%s, reason=%s"
        .formatted(file, reason);
  }
}
