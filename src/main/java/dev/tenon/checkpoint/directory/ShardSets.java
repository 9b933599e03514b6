package dev.tenon.checkpoint.directory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Shards as their names alone tell of them: {@code model-00002-of-00003.safetensors}. */
final class ShardSets {
  private static final Pattern SHARD =
      Pattern.compile("(.+)-(\\d{5})-of-(\\d{5})(\\.(?:safetensors|bin))");

  private ShardSets() {}

  /**
   * Files that were written as one checkpoint.
   *
   * @param files their names, sorted
   * @param name what the set may be called
   * @param single what one file of all of it would be called
   * @param count how many there should be
   */
  record Set(String name, String single, List<String> files, int count) {
    boolean complete() {
      return files.size() == count;
    }

    /** A line about it. */
    String facts() {
      return complete()
          ? name + " (" + count + " shards without an index)"
          : name + " (" + files.size() + " of " + count + " shards, and no index)";
    }
  }

  static boolean isShard(String name) {
    return SHARD.matcher(name).matches();
  }

  /** The sets among these names, in order. */
  static List<Set> among(List<String> names) {
    Map<String, Set> sets = new TreeMap<>();
    for (String name : names) {
      Matcher shard = SHARD.matcher(name);
      if (shard.matches()) {
        int number = Integer.parseInt(shard.group(2));
        int count = Integer.parseInt(shard.group(3));
        if (number >= 1 && number <= count) {
          String set = shard.group(1) + "-*-of-" + shard.group(3) + shard.group(4);
          String single = shard.group(1) + shard.group(4);
          sets.computeIfAbsent(set, it -> new Set(it, single, new ArrayList<>(), count))
              .files()
              .add(name);
        }
      }
    }
    return List.copyOf(sets.values());
  }
}
