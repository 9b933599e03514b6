package dev.tenon.skeleton.names;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The way back of a renaming that does not state one: anchors stay where they are, look-around is
 * left out, and the first group changes sides. Source: {@code reverse_transform} of transformers
 * 5.18.
 */
final class WayBack {
  private static final Pattern LOOK_AROUND = Pattern.compile("\\(\\?.+?\\)?\\)");
  private static final Pattern GROUP = Pattern.compile("\\(.+?\\)");
  private static final Pattern ESCAPED = Pattern.compile("\\\\(\\W)");

  /** Found in no name: an expression that cannot be turned round leads nowhere. */
  private static final Pattern NOTHING = Pattern.compile("(?!)");

  private WayBack() {}

  static Renaming of(Renaming renaming) {
    String regex = renaming.source().pattern();
    String start = regex.startsWith("^") ? "^" : "";
    String end = regex.endsWith("$") ? "$" : "";
    String bare =
        regex.substring(start.length(), Math.max(start.length(), regex.length() - end.length()));
    bare = LOOK_AROUND.matcher(bare).replaceAll("");
    Matcher group = GROUP.matcher(bare);
    String back = renaming.target().replace(".", "\\.");
    if (group.find()) {
      back = back.replaceFirst("\\$1", Matcher.quoteReplacement(group.group()));
    }
    String name = ESCAPED.matcher(GROUP.matcher(bare).replaceFirst("\\$1")).replaceAll("$1");
    return new Renaming(renaming.scope(), pattern(start + back + end), name, null, renaming);
  }

  private static Pattern pattern(String regex) {
    try {
      return Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      return NOTHING;
    }
  }
}
