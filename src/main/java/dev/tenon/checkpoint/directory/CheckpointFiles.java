package dev.tenon.checkpoint.directory;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.format.Errors;
import dev.tenon.file.CachedModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the files of a checkpoint are called, for whoever brings them to this machine. */
public final class CheckpointFiles {
  private CheckpointFiles() {}

  /**
   * The names of which the first that exists holds the weights, or says which files do.
   *
   * @param variant put before the extension, such as {@code fp16}; null for none
   * @return plain file names, safetensors before what pickle writes
   * @throws dev.tenon.TenonException if a file's name cannot hold the variant
   */
  public static List<String> weights(@Nullable String variant) {
    return UsualNames.of(variant);
  }

  /**
   * {@return whether there is a file beside the weights, or a link that leads nowhere: who reads
   * that one says so, where passing over it would not}
   */
  public static boolean isThere(Path file) {
    return Files.isRegularFile(file)
        || Files.isSymbolicLink(file) && !Files.exists(file) && !Switch.isAbsent(file);
  }

  /** {@return whether a file of that name lists shards} */
  public static boolean isIndex(String name) {
    return UsualNames.isIndex(name);
  }

  /**
   * The files an index lists.
   *
   * @param index a file
   * @return plain file names, each once, sorted
   * @throws dev.tenon.TenonException if it is no index, or a name leads out of its directory
   */
  public static List<String> shards(Path index) {
    return ShardIndex.read(index).shards().stream()
        .map(shard -> shard.getFileName().toString())
        .toList();
  }

  /**
   * The weight file or index that a config names itself, before any of a usual name.
   *
   * @param config a {@code config.json}
   * @return its path below the config's directory, with slashes; null if the config names none, or
   *     is none that can be read
   * @throws TenonException if it names what is neither a safetensors file nor an index of some, or
   *     leads out of the directory
   */
  public static @Nullable String stated(Path config) {
    return StatedWeights.named(config);
  }

  /** Whether an index that can be read lists a file. */
  static boolean lists(Path index, Path file) {
    try {
      return shards(index).contains(file.getFileName().toString());
    } catch (TenonException e) {
      return false;
    }
  }

  /**
   * A model that lies in a folder of another one's directory, as the parts of a pipeline do.
   *
   * @param directory the directory
   * @param subfolder a folder's name, or several with slashes between them
   * @return the folder
   * @throws TenonException if there is no such folder, or the name leads out of the directory
   */
  public static Path subfolder(Path directory, String subfolder) {
    String name = subfolder(subfolder);
    Path folder = directory.resolve(name);
    if (!Files.isDirectory(folder)) {
      List<String> found = new ArrayList<>();
      if (Files.isDirectory(directory)) {
        Inventory.of(directory).parts().forEach(part -> found.add(part.getFileName().toString()));
      }
      throw new TenonException(
          "No such subfolder: directory=%s, subfolder=%s, found=%s%s"
              .formatted(directory, name, String.join(" | ", found), remedy(folder, name)));
    }
    return folder;
  }

  private static String remedy(Path folder, String name) {
    String model = CachedModel.of(folder);
    return model == null
        ? ""
        : "; %s --subfolder %s with --download brings it, if there is one".formatted(model, name);
  }

  /**
   * A subfolder's name as it is meant.
   *
   * @param subfolder a folder's name, or several with slashes between them
   * @return the name without a slash at its end
   * @throws TenonException if it could lead out of a directory
   */
  public static String subfolder(String subfolder) {
    String name =
        subfolder.endsWith("/") ? subfolder.substring(0, subfolder.length() - 1) : subfolder;
    if (!PlainNames.isPath(name)) {
      throw new TenonException(
          "A subfolder is a plain name, or several with slashes between them: subfolder="
              + Errors.quote(subfolder));
    }
    return name;
  }
}
