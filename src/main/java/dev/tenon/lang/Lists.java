package dev.tenon.lang;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Maps to lists. */
public final class Lists {
  private Lists() {}

  /** Adds a value to the list of a key, which begins with it if there is none. */
  public static <K, V> void add(Map<K, List<V>> lists, K key, V value) {
    List<V> list = lists.get(key);
    if (list == null) {
      list = new ArrayList<>();
      lists.put(key, list);
    }
    list.add(value);
  }
}
