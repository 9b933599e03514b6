package dev.tenon.adapter;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.directory.CheckpointFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where an adapter lies: a config and one weight file, in a directory of their own or not. */
public final class AdapterFiles {
  static final String CONFIG = "adapter_config.json";
  private static final List<String> WEIGHTS =
      List.of("adapter_model.safetensors", "adapter_model.bin");

  private AdapterFiles() {}

  /** The adapter's file in a directory, its weights or else its config, or null if it has none. */
  public static @Nullable Path in(Path directory) {
    Path weights = weights(directory);
    Path config = directory.resolve(CONFIG);
    return weights != null ? weights : Files.isRegularFile(config) ? config : null;
  }

  /**
   * Whether a path is an adapter's and no model's: its weight file, or a directory with an adapter
   * and without weights of a model.
   */
  public static boolean isAdapter(Path path, @Nullable String variant) {
    if (!Files.isDirectory(path)) {
      return path.getFileName() != null && WEIGHTS.contains(path.getFileName().toString());
    }
    if (in(path) == null) {
      return false;
    }
    for (String name : CheckpointFiles.weights(variant)) {
      if (Files.exists(path.resolve(name))) {
        return false;
      }
    }
    return true;
  }

  /** The directory of an adapter that is given as one or as its weight file. */
  public static Path directory(Path path) {
    return Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
  }

  /**
   * The weight file of a directory, safetensors before what pickle writes.
   *
   * @throws TenonException if there is none
   */
  static Path requireWeights(Path directory) {
    Path weights = weights(directory);
    if (weights == null) {
      throw new TenonException(
          "No adapter's weights in the directory: directory=%s, looked for=%s"
              .formatted(directory, String.join(" | ", WEIGHTS)));
    }
    return weights;
  }

  private static @Nullable Path weights(Path directory) {
    for (String name : WEIGHTS) {
      Path file = directory.resolve(name);
      if (Files.exists(file)) {
        return file;
      }
    }
    return null;
  }
}
