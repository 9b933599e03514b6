package dev.tenon.quantised;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What of a checkpoint is packed and how, in few words.
 *
 * @param counts how many weights are packed in each way, in the order they were found
 * @param first the name of the tensor the first of them was told by, or empty
 * @param method what the config calls it, or empty
 */
public record Summary(Map<Packing, Integer> counts, String first, String method) {
  private static final int LONGEST_METHOD = 100;

  /** A summary of what was found under a config. */
  public static Summary of(List<Packed> found, Quantisation said) {
    Map<Packing, Integer> counts = new LinkedHashMap<>();
    for (Packed packed : found) {
      Integer before = counts.get(packed.packing());
      counts.put(packed.packing(), before == null ? 1 : before + 1);
    }
    return new Summary(
        counts, found.isEmpty() ? "" : found.get(0).mark().name(), shortened(said.method()));
  }

  /** A config's word for its method after a text that leads to it; empty if it has none. */
  public static String method(String lead, Quantisation said) {
    return said.method().isEmpty() ? "" : lead + shortened(said.method());
  }

  /** Whether neither files nor config speak of packed weights. */
  public boolean isEmpty() {
    return counts.isEmpty() && method.isEmpty();
  }

  /** How many weights are packed. */
  public int tensors() {
    int total = 0;
    for (int count : counts.values()) {
      total += count;
    }
    return total;
  }

  /** Scheme, bits, group, count and what else is known, as an error or a table has them. */
  @Override
  public String toString() {
    Set<String> schemes = new LinkedHashSet<>();
    Set<String> bits = new LinkedHashSet<>();
    Set<String> groups = new LinkedHashSet<>();
    for (Packing packing : counts.keySet()) {
      schemes.add(packing.scheme());
      bits.add(packing.bits() == 0 ? "" : Integer.toString(packing.bits()));
      groups.add(packing.group());
    }
    StringBuilder text = new StringBuilder();
    add(text, "scheme", joined(schemes));
    add(text, "bits", joined(bits));
    add(text, "group", joined(groups));
    add(text, "tensors", Integer.toString(tensors()));
    add(text, "first", first);
    add(text, "quant_method", method);
    return text.toString();
  }

  private static String joined(Set<String> values) {
    values.remove("");
    return String.join(" | ", values);
  }

  private static void add(StringBuilder text, String key, String value) {
    if (!value.isEmpty()) {
      text.append(text.length() == 0 ? "" : ", ").append(key).append('=').append(value);
    }
  }

  private static String shortened(String text) {
    return text.length() > LONGEST_METHOD ? text.substring(0, LONGEST_METHOD) + '…' : text;
  }
}
