package dev.tenon.skeleton.names;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a family says about names: all regular expressions, searched, not anchored, except the
 * float32 lists, which match whole dotted path segments.
 *
 * @param ignoreMissing slots whose absence is not reported
 * @param ignoreUnexpected checkpoint keys that are dropped in silence
 * @param ignoreOnSave slots that are not written
 * @param keepInFp32 segments whose slots stay float32 in float16 loads
 * @param keepInFp32Strict segments whose slots stay float32 in float16 and bfloat16 loads
 */
public record Patterns(
    List<Pattern> ignoreMissing,
    List<Pattern> ignoreUnexpected,
    List<Pattern> ignoreOnSave,
    List<String> keepInFp32,
    List<String> keepInFp32Strict) {

  /** No patterns at all. */
  public static final Patterns NONE =
      new Patterns(List.of(), List.of(), List.of(), List.of(), List.of());

  /** These and others; each once. */
  public Patterns and(Patterns more) {
    return new Patterns(
        join(ignoreMissing, more.ignoreMissing),
        join(ignoreUnexpected, more.ignoreUnexpected),
        join(ignoreOnSave, more.ignoreOnSave),
        union(keepInFp32, more.keepInFp32),
        union(keepInFp32Strict, more.keepInFp32Strict));
  }

  private static List<Pattern> join(List<Pattern> own, List<Pattern> more) {
    Map<String, Pattern> joined = new LinkedHashMap<>();
    for (Pattern pattern : own) {
      joined.put(pattern.pattern(), pattern);
    }
    for (Pattern pattern : more) {
      joined.putIfAbsent(pattern.pattern(), pattern);
    }
    return List.copyOf(joined.values());
  }

  private static List<String> union(List<String> own, List<String> more) {
    Set<String> all = new LinkedHashSet<>(own);
    all.addAll(more);
    return List.copyOf(all);
  }

  /** Whether any of the patterns is found in the name. */
  public static boolean anyFound(List<Pattern> patterns, String name) {
    for (Pattern pattern : patterns) {
      if (Search.first(pattern, name) != null) {
        return true;
      }
    }
    return false;
  }
}
