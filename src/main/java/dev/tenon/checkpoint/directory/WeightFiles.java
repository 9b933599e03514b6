package dev.tenon.checkpoint.directory;

import dev.tenon.TenonException;
import dev.tenon.file.LostLink;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which files hold the weights.
 *
 * @param directory where they and what describes them are
 * @param files the weight files, in the order they are read
 * @param indexMetadata what the index says beside its map, empty without an index
 * @param warnings why these, where that may not be what was meant
 */
public record WeightFiles(
    Path directory, List<Path> files, Map<String, String> indexMetadata, List<String> warnings) {

  /**
   * The weight files of a directory: those its config names, else those of a usual name, else what
   * else there is, if that leaves one choice.
   */
  public static WeightFiles in(Path directory, @Nullable String variant) {
    Path stated = StatedWeights.in(directory);
    if (stated != null) {
      WeightFiles files = of(directory, stated);
      return variant == null
          ? files
          : files.warned(
              "The config names its weight file, so a variant says nothing: file=%s, variant=%s"
                  .formatted(stated, variant));
    }
    List<String> names = UsualNames.of(variant);
    for (String name : names) {
      Path candidate = directory.resolve(name);
      // A link that leads nowhere is there: reading it then says so, where passing over would not.
      if (isThere(candidate)) {
        return of(directory, candidate).besideIndex(candidate, names);
      }
    }
    return Inventory.of(directory).onlyChoice(variant);
  }

  /** The weight files a file stands for: itself, or those an index lists. */
  public static WeightFiles of(Path file) {
    return of(file.toAbsolutePath().getParent(), file);
  }

  private static WeightFiles of(Path directory, Path file) {
    if (!isIndex(file)) {
      return new WeightFiles(directory, List.of(file), Map.of(), List.of());
    }
    ShardIndex index = ShardIndex.read(file);
    List<Path> shards = index.shards();
    for (Path shard : shards) {
      if (!Files.exists(shard)) {
        throw new TenonException(
            "A shard the index lists is missing: file=%s, index=%s%s"
                .formatted(shard, file.getFileName(), LostLink.facts(shard)));
      }
    }
    return new WeightFiles(directory, shards, index.metadata(), List.of());
  }

  WeightFiles warned(String warning) {
    return new WeightFiles(directory, files, indexMetadata, List.of(warning));
  }

  /** A single file counts before an index; where that lists others, one of the two is a rest. */
  private WeightFiles besideIndex(Path file, List<String> names) {
    int next = names.indexOf(file.getFileName().toString()) + 1;
    if (isIndex(file) || !Files.isRegularFile(directory.resolve(names.get(next)))) {
      return this;
    }
    Path index = directory.resolve(names.get(next));
    return CheckpointFiles.lists(index, file)
        ? this
        : warned(
            ("A single file of weights stands beside an index of shards that it is no part of, and"
                    + " is what is loaded: file=%s, index=%s; delete the one that is not meant")
                .formatted(file, index.getFileName()));
  }

  /** Whether a directory has weights under a usual name, or something that goes by it. */
  public static boolean any(Path directory) {
    for (String name : UsualNames.of(null)) {
      if (isThere(directory.resolve(name))) {
        return true;
      }
    }
    return false;
  }

  /** Whether a directory has weights under a usual name, or its config names some. */
  public static boolean usual(Path directory) {
    return any(directory) || StatedWeights.in(directory) != null;
  }

  /** Where the weights of a directory are: in it, or in the only part of it that has any. */
  public static Path place(Path directory) {
    if (usual(directory)) {
      return directory;
    }
    Path part = Inventory.of(directory).onlyPart();
    return part == null ? directory : part;
  }

  private static boolean isThere(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Switch.isAbsent(file);
  }

  /** Whether a name says that a file is an index of shards, with or without a variant. */
  public static boolean isIndex(Path file) {
    return UsualNames.isIndex(file.getFileName().toString());
  }

  /** Whether a name is one that weights or an index of them go by. */
  public static boolean looksLikeOne(Path file) {
    return UsualNames.looksLikeOne(file.getFileName().toString());
  }
}
