package dev.tenon.checkpoint.directory;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What a checkpoint's files are called when it is written. */
public final class WeightNames {
  public static final String SINGLE = "model.safetensors";
  public static final String INDEX = "model.safetensors.index.json";

  /** A shard, as the reference calls it and as {@link #free} does. */
  private static final Pattern SHARD =
      Pattern.compile("model-(\\d+-)?\\d{5}-of-\\d{5}\\.safetensors");

  private WeightNames() {}

  /** The reference's names of this many weight files. */
  public static List<String> of(int count) {
    return count == 1 ? List.of(SINGLE) : shards("model-", count);
  }

  /**
   * Names for this many shards of which none is in the directory, so that no index in it can mean
   * them: the reference's if they are free.
   */
  public static List<String> free(Path directory, int count) {
    List<String> names = shards("model-", count);
    for (int turn = 1; !areFree(directory, names); turn++) {
      names = shards("model-" + turn + "-", count);
    }
    return names;
  }

  private static boolean areFree(Path directory, List<String> names) {
    return names.stream()
        .noneMatch(name -> Files.exists(directory.resolve(name), LinkOption.NOFOLLOW_LINKS));
  }

  private static List<String> shards(String start, int count) {
    List<String> names = new ArrayList<>(count);
    for (int i = 1; i <= count; i++) {
      names.add("%s%05d-of-%05d.safetensors".formatted(start, i, count));
    }
    return names;
  }

  /** Whether a name is one a shard of an earlier save may have. */
  public static boolean isShard(String name) {
    return SHARD.matcher(name).matches();
  }
}
