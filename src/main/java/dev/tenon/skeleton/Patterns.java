package dev.tenon.skeleton;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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
  Patterns and(Patterns more) {
    return new Patterns(
        join(ignoreMissing, more.ignoreMissing),
        join(ignoreUnexpected, more.ignoreUnexpected),
        join(ignoreOnSave, more.ignoreOnSave),
        Stream.concat(keepInFp32.stream(), more.keepInFp32.stream()).distinct().toList(),
        Stream.concat(keepInFp32Strict.stream(), more.keepInFp32Strict.stream())
            .distinct()
            .toList());
  }

  private static List<Pattern> join(List<Pattern> own, List<Pattern> more) {
    Map<String, Pattern> joined = new LinkedHashMap<>();
    own.forEach(pattern -> joined.put(pattern.pattern(), pattern));
    more.forEach(pattern -> joined.putIfAbsent(pattern.pattern(), pattern));
    return List.copyOf(joined.values());
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
