package dev.tenon.plan.names;

import dev.tenon.TenonException;
import dev.tenon.skeleton.names.Renaming;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * One renaming of a checkpoint's keys that a caller asks for, with the meaning of an entry of
 * {@code key_mapping} of the reference's {@code from_pretrained}: the first match of the expression
 * in a key is replaced, once. Several act one after the other, each on what the one before made of
 * the key, and before the family's own renamings. Immutable.
 *
 * <p>The expression may be written as Python has it, {@code (?P<name>…)} included; as in the
 * reference {@code *.} stands for any characters and a dot. In the replacement {@code \1} is the
 * first group and {@code \.} a dot; {@code ^} at its start and {@code $} at its end, which no name
 * holds, anchor the expression there.
 *
 * @param regex the expression, searched, not anchored, at most 4,096 characters
 * @param replacement what stands there instead
 */
public record KeyMapping(String regex, String replacement) {
  private static final int LONGEST = 4096;

  private static final Pattern BACK_REFERENCE = Pattern.compile("\\(\\?P=(\\w+)\\)");

  /**
   * Checks both parts.
   *
   * @throws TenonException if the expression is none, or the replacement refers to a group it does
   *     not have; the message names the expression
   */
  public KeyMapping {
    renaming(regex, replacement);
  }

  /**
   * A mapping from {@code REGEX=REPLACEMENT}, split at the last {@code =}.
   *
   * @throws TenonException if there is no {@code =}, or as the constructor does
   */
  public static KeyMapping parse(String text) {
    int at = text.lastIndexOf('=');
    if (at < 0) {
      throw new TenonException("A key mapping is REGEX=REPLACEMENT: mapping=" + text);
    }
    return new KeyMapping(text.substring(0, at), text.substring(at + 1));
  }

  /** This mapping as {@link #parse} reads it. */
  @Override
  public String toString() {
    return regex + "=" + replacement;
  }

  /** This mapping as a renaming of the whole model's keys. */
  Renaming renaming() {
    return renaming(regex, replacement);
  }

  private static Renaming renaming(String regex, String replacement) {
    String start = replacement.startsWith("^") ? "^" : "";
    String end = replacement.endsWith("$") ? "$" : "";
    String bare =
        replacement.substring(
            start.length(), Math.max(start.length(), replacement.length() - end.length()));
    Pattern source =
        pattern(
            regex,
            (regex.startsWith(start) ? "" : start) + regex + (regex.endsWith(end) ? "" : end));
    return new Renaming("", source, target(regex, bare, source.matcher("").groupCount()));
  }

  private static Pattern pattern(String regex, String anchored) {
    if (anchored.length() > LONGEST) {
      throw wrong(regex.substring(0, 100) + "…", "more than " + LONGEST + " characters");
    }
    String java = anchored.replace("*.", ".*\\.").replace("(?P<", "(?<");
    try {
      return Pattern.compile(BACK_REFERENCE.matcher(java).replaceAll("\\\\k<$1>"));
    } catch (PatternSyntaxException e) {
      throw wrong(regex, e.getDescription());
    } catch (StackOverflowError e) {
      throw wrong(regex, "too many groups in groups");
    }
  }

  /** The replacement as Java spells it. */
  private static String target(String regex, String replacement, int groups) {
    StringBuilder target = new StringBuilder();
    for (int i = 0; i < replacement.length(); i++) {
      char c = replacement.charAt(i);
      if (c == '(' || c == ')') {
        throw wrong(regex, "the replacement is an expression itself");
      } else if (c != '\\') {
        target.append('\\').append(c); // Whatever it is, itself.
        continue;
      }
      char escaped = ++i < replacement.length() ? replacement.charAt(i) : 'x';
      if (escaped >= '1' && escaped <= '9') {
        if (escaped - '0' > groups) {
          throw wrong(regex, "it has no group " + escaped + ", which the replacement refers to");
        }
        target.append('$').append(escaped);
      } else if (Character.isLetterOrDigit(escaped)) {
        throw wrong(regex, "the replacement has a backslash that means nothing");
      } else {
        target.append('\\').append(escaped);
      }
    }
    return target.toString();
  }

  private static TenonException wrong(String regex, String reason) {
    return new TenonException(
        "A key mapping cannot be used: regex=%s, reason=%s".formatted(regex, reason));
  }
}
