package dev.tenon.plan;

import dev.tenon.plan.names.SlotNames;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.Tie;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A prefix that keys no slot takes have and slots no key fills have not, or the other way about:
 * said where a load would do without most of what is in the files.
 *
 * @param prefix the prefix, with its dot
 * @param added whether the keys lack it
 * @param keys how many keys would each fill a slot of its own
 * @param exact how many of them by a slot's very name
 * @param left how many keys fill none
 */
record PrefixHint(String prefix, boolean added, int keys, int exact, int left) {
  /** Prefixes that are tried: the most frequent ones. */
  private static final int MOST_TRIED = 16;

  private static final int LONGEST = 200;
  private static final int DEEPEST = 6;

  /**
   * The prefix that would help, or null: one with which at least half of the slots that nothing
   * fills, or of all keys, would find each other.
   *
   * @param tools what was taken off all keys before
   */
  static @Nullable PrefixHint of(
      Skeleton skeleton, SlotNames names, Matching matching, String tools) {
    List<String> left = matching.left();
    Set<Integer> open = left.isEmpty() ? Set.of() : open(skeleton, matching.claims());
    if (open.isEmpty()) {
      return null;
    }
    ToIntFunction<String> locate = Matching.locating(skeleton, names);
    List<String> slots = new ArrayList<>(open.size());
    open.forEach(slot -> slots.add(skeleton.slots().get(slot).name()));
    PrefixHint best = null;
    for (String prefix : frequent(left)) {
      best = better(best, count(prefix, false, left, open, names, locate));
    }
    for (String prefix : frequent(slots)) {
      best = better(best, count(prefix, true, left, open, names, locate));
    }
    if (best == null || best.keys * 2 < Math.min(open.size(), left.size())) {
      return null;
    }
    return best.added || tools.isEmpty()
        ? best
        : new PrefixHint(tools + best.prefix, false, best.keys, best.exact, best.left);
  }

  /** As the remedy of an error. */
  String remedy() {
    return "%d of %d keys that fill no slot would %s the prefix %s: give --key-mapping '%s' (LoadOptions.keyMapping)."
        .formatted(keys, left, added ? "with" : "without", prefix, option());
  }

  /** As a warning. */
  String warning() {
    return "Most of what is missing is in the files under other names: " + remedy();
  }

  private String option() {
    if (added) {
      return "^=" + prefix;
    }
    StringBuilder option = new StringBuilder("^");
    for (int i = 0; i < prefix.length(); i++) {
      char c = prefix.charAt(i);
      option.append(Character.isLetterOrDigit(c) || c == '_' || c == '-' ? "" : "\\").append(c);
    }
    return option.append('=').toString();
  }

  /** Slots that nothing fills, but for those that a tie may. */
  private static Set<Integer> open(Skeleton skeleton, @Nullable Claim[] claims) {
    Set<String> tied = new HashSet<>();
    for (Tie tie : skeleton.ties()) {
      tied.add(tie.target());
    }
    Set<Integer> open = new HashSet<>();
    for (int i = 0; i < claims.length; i++) {
      Slot slot = skeleton.slots().get(i);
      if (claims[i] == null && slot.persistent() && !tied.contains(slot.name())) {
        open.add(i);
      }
    }
    return open;
  }

  private static PrefixHint count(
      String prefix,
      boolean added,
      List<String> left,
      Set<Integer> open,
      SlotNames names,
      ToIntFunction<String> locate) {
    Set<Integer> found = new HashSet<>();
    int exact = 0;
    for (String key : left) {
      if (added || key.startsWith(prefix)) {
        String name = added ? prefix + key : key.substring(prefix.length());
        int slot = locate.applyAsInt(name);
        if (open.contains(slot)) {
          found.add(slot);
          exact += names.find(name) == slot ? 1 : 0;
        }
      }
    }
    return new PrefixHint(prefix, added, found.size(), exact, left.size());
  }

  private static @Nullable PrefixHint better(@Nullable PrefixHint best, PrefixHint other) {
    if (best == null) {
      return other.keys == 0 ? null : other;
    }
    boolean isBetter =
        other.keys > best.keys || other.keys == best.keys && other.exact > best.exact;
    return isBetter ? other : best;
  }

  /** Whole leading segments that names have most often, up to the first number. */
  private static List<String> frequent(List<String> names) {
    Map<String, Integer> counts = new HashMap<>();
    for (String name : names) {
      int dot = name.indexOf('.');
      for (int depth = 0; depth < DEEPEST && dot > 0 && dot < LONGEST; depth++) {
        counts.merge(name.substring(0, dot + 1), 1, Integer::sum);
        int next = name.indexOf('.', dot + 1);
        dot = next < 0 || Character.isDigit(name.charAt(dot + 1)) ? -1 : next;
      }
    }
    List<String> prefixes = new ArrayList<>(counts.keySet());
    prefixes.sort(
        Comparator.<String>comparingInt(prefix -> -counts.get(prefix))
            .thenComparing(String::length)
            .thenComparing(Comparator.naturalOrder()));
    return prefixes.subList(0, Math.min(MOST_TRIED, prefixes.size()));
  }
}
