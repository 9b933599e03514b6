package dev.tenon.skeleton.registry;

import dev.tenon.skeleton.build.Architecture;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What names of classes say: which are spellings of one another, which are near, what for. */
public final class ClassNames {
  private static final int MOST_NEAREST = 3;

  /** Letters that are compared: a config may hold a name of a million. */
  private static final int LONGEST = 100;

  /** Words for a head that predicts the next token, an early one included. */
  private static final List<String> LANGUAGE =
      List.of("ForCausalLM", "ForConditionalGeneration", "LMHead", "MTModel");

  private ClassNames() {}

  /** Names of classes, in their order. */
  public static List<String> of(List<Architecture> classes) {
    List<String> names = new ArrayList<>(classes.size());
    for (Architecture architecture : classes) {
      names.add(architecture.className());
    }
    return names;
  }

  /** The one of the names that differs from a name in upper and lower case alone, or null. */
  public static @Nullable String respelled(String name, List<String> names) {
    for (String other : names) {
      if (other.equalsIgnoreCase(name)) {
        return other;
      }
    }
    return null;
  }

  /**
   * What a class is for, by its name: {@code LM} for a head that goes on with a text, what follows
   * {@code For} of another head, and nothing for a model without a head.
   */
  public static String task(String name) {
    for (String word : LANGUAGE) {
      if (name.contains(word)) {
        return "LM";
      }
    }
    int at = name.lastIndexOf("For");
    return at < 0 ? "" : name.substring(at + "For".length());
  }

  /** Up to three of the names, those that fewest changes of letters lead to from a name first. */
  public static List<String> nearest(String name, List<String> names) {
    String start = name.substring(0, Math.min(LONGEST, name.length()));
    String lower = start.toLowerCase(Locale.ROOT);
    List<String> sorted = new ArrayList<>(Set.copyOf(names));
    sorted.sort(
        Comparator.<String>comparingInt(other -> distance(lower, other.toLowerCase(Locale.ROOT)))
            .thenComparing(Comparator.naturalOrder()));
    return List.copyOf(sorted.subList(0, Math.min(MOST_NEAREST, sorted.size())));
  }

  /** How many letters have to be put in, taken out or replaced. */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[other.length()];
  }
}
