package dev.tenon.plan.names;

import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.names.Patterns;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which unmatched keys are not worth a report: those the family names, and buffers that old
 * checkpoints of every family stored, if the model still computes such a buffer. Source: {@code
 * _adjust_missing_and_unexpected_keys} of transformers 5.18.
 */
public final class IgnoredKeys {
  private static final Pattern FREQUENCIES = Pattern.compile("rotary_emb\\.inv_freq");
  private static final Pattern POSITIONS = Pattern.compile("(^|\\.)position_ids$");

  private IgnoredKeys() {}

  /** The keys to report, sorted, each once. */
  public static List<String> reported(List<String> unmatched, Skeleton skeleton) {
    if (unmatched.isEmpty()) {
      return List.of();
    }
    List<Pattern> ignored = new ArrayList<>(skeleton.patterns().ignoreUnexpected());
    if (hasBuffer(skeleton, "rotary_emb.inv_freq")) {
      ignored.add(FREQUENCIES);
    }
    if (hasBuffer(skeleton, "position_ids")) {
      ignored.add(POSITIONS);
    }
    TreeSet<String> reported = new TreeSet<>();
    for (String key : unmatched) {
      if (!Patterns.anyFound(ignored, key)) {
        reported.add(key);
      }
    }
    return List.copyOf(reported);
  }

  private static boolean hasBuffer(Skeleton skeleton, String end) {
    return skeleton.slots().stream()
        .anyMatch(slot -> !slot.isParameter() && slot.name().endsWith(end));
  }
}
