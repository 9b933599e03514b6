package dev.tenon.bind;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** Where parts of a model are in a module: whole segments of names, the longest that fits. */
final class Prefixes {
  static final Prefixes NONE = new Prefixes(Map.of());

  private final TreeMap<String, String> longestFirst =
      new TreeMap<>(
          Comparator.comparingInt(String::length)
              .reversed()
              .thenComparing(Comparator.naturalOrder()));

  private Prefixes(Map<String, String> places) {
    longestFirst.putAll(places);
  }

  Prefixes with(String inModel, String inModule) {
    Prefixes more = new Prefixes(longestFirst);
    more.longestFirst.put(path(inModel), path(inModule));
    return more;
  }

  private static String path(String prefix) {
    return prefix.endsWith(".") ? prefix.substring(0, prefix.length() - 1) : prefix;
  }

  /** What the module calls a tensor of the model. */
  String inModule(String name) {
    for (Map.Entry<String, String> prefix : longestFirst.entrySet()) {
      String path = prefix.getKey();
      if (path.isEmpty()) {
        return join(prefix.getValue(), name);
      }
      if (name.equals(path)) {
        return prefix.getValue();
      }
      if (name.startsWith(path) && name.charAt(path.length()) == '.') {
        return join(prefix.getValue(), name.substring(path.length() + 1));
      }
    }
    return name;
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
