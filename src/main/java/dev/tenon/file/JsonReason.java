package dev.tenon.file;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a JSON parser says is wrong, without the text it found: a file that is no JSON may be a link
 * to a secret, and errors are shown and logged.
 */
public final class JsonReason {
  private static final Pattern QUOTED = Pattern.compile("'([^']*)'");

  /** Characters of a word that stay; the parser's own words have no more than {@link #SHORT}. */
  private static final int KEPT = 3;

  private static final int SHORT = 8;

  private JsonReason() {}

  /**
   * Shortens what is quoted. A name that is there twice stays: what was read until there is JSON.
   *
   * @param message the parser's own, without a place
   * @return the same, of whose quoted words a few characters are left
   */
  public static String of(String message) {
    if (message.startsWith("Duplicate ")) {
      return message;
    }
    Matcher quoted = QUOTED.matcher(message);
    StringBuilder reason = new StringBuilder();
    while (quoted.find()) {
      String word = quoted.group(1);
      String shown = word.length() > SHORT ? word.substring(0, KEPT) + '…' : word;
      quoted.appendReplacement(reason, Matcher.quoteReplacement("'" + shown + "'"));
    }
    return quoted.appendTail(reason).toString();
  }
}
