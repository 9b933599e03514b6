package dev.tenon.checkpoint;

import dev.tenon.TenonException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which files of a directory hold the weights, in the reference's order of preference: one
 * safetensors file, several, one {@code .bin}, several.
 *
 * @param files the weight files, in the order they are read
 * @param indexMetadata what the index says beside its map, empty without an index
 */
record WeightFiles(List<Path> files, Map<String, String> indexMetadata) {
  private static final List<String> NAMES =
      List.of(
          "model.safetensors",
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json");

  /** The names looked for, in this order. */
  static List<String> names(@Nullable String variant) {
    return NAMES.stream().map(name -> withVariant(name, variant)).toList();
  }

  /** The weight files of a directory. */
  static WeightFiles in(Path directory, @Nullable String variant) {
    List<String> names = new ArrayList<>();
    for (String plain : NAMES) {
      String name = withVariant(plain, variant);
      names.add(name);
      Path candidate = directory.resolve(name);
      // A link that leads nowhere is there: reading it then says so, where passing over would not.
      if (isThere(candidate)) {
        return of(candidate);
      }
    }
    throw new TenonException(
        "No weights in the directory: directory="
            + directory
            + ", looked for="
            + String.join(" | ", names));
  }

  /** Whether a directory has weights, or something that goes by their name. */
  static boolean any(Path directory) {
    return NAMES.stream().anyMatch(name -> isThere(directory.resolve(name)));
  }

  private static boolean isThere(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Switch.isAbsent(file);
  }

  /** The weight files a file stands for: itself, or those an index lists. */
  static WeightFiles of(Path file) {
    if (!isIndex(file)) {
      return new WeightFiles(List.of(file), Map.of());
    }
    ShardIndex index = ShardIndex.read(file);
    List<Path> shards = index.shards();
    for (Path shard : shards) {
      if (!Files.exists(shard)) {
        throw Errors.bad(shard, "A shard the index lists is missing", "index", file.getFileName());
      }
    }
    return new WeightFiles(shards, index.metadata());
  }

  /** Whether a name says that a file is an index of shards, with or without a variant. */
  static boolean isIndex(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".json") && name.contains(".index.");
  }

  /** Whether a name is one that weights or an index of them go by. */
  static boolean looksLikeOne(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".safetensors")
        || name.startsWith("pytorch_model") && name.endsWith(".bin")
        || isIndex(file) && (name.contains(".safetensors.") || name.startsWith("pytorch_model"));
  }

  /** Puts a variant before a name's last extension, as the reference does. */
  private static String withVariant(String name, @Nullable String variant) {
    if (variant == null) {
      return name;
    }
    if (!variant.matches("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*")) {
      throw new TenonException(
          "A variant is made of letters, digits, '_', '-' and single dots: variant="
              + Errors.quote(variant));
    }
    int dot = name.lastIndexOf('.');
    return name.substring(0, dot) + '.' + variant + name.substring(dot);
  }
}
