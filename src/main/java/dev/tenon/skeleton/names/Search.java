package dev.tenon.skeleton.names;

import dev.tenon.TenonException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a regular expression in a name. Both may come from files nobody vouches for, so the
 * steps are counted: an expression that backtracks without end is an error, as is one that recurses
 * deeper than the stack.
 */
public final class Search {
  /** A sane expression looks at each character a few times. */
  private static final int MOST_STEPS = 1 << 22;

  private Search() {}

  /**
   * The expression's first match in the name.
   *
   * @return its matcher, or null if there is none
   * @throws TenonException if finding out takes too long
   */
  public static @Nullable Matcher first(Pattern pattern, String name) {
    return first(pattern, name, 0);
  }

  /** As {@link #first(Pattern, String)}, from a character on, where {@code ^} then matches. */
  public static @Nullable Matcher first(Pattern pattern, String name, int from) {
    Matcher matcher = pattern.matcher(new Counted(pattern, name));
    try {
      return matcher.region(from, name.length()).find() ? matcher : null;
    } catch (StackOverflowError e) {
      throw endless(pattern, name);
    }
  }

  private static TenonException endless(Pattern pattern, String name) {
    return new TenonException(
        "A regular expression does not come to an end in a name: expression=%s, name=%s"
            .formatted(quote(pattern.pattern()), quote(name)));
  }

  private static String quote(String text) {
    return text.length() > 200 ? text.substring(0, 200) + "…" : text;
  }

  /** A name that knows how often it was looked at. */
  private static final class Counted implements CharSequence {
    private final Pattern pattern;
    private final String name;
    private int steps;

    Counted(Pattern pattern, String name) {
      this.pattern = pattern;
      this.name = name;
    }

    @Override
    public char charAt(int index) {
      if (++steps > MOST_STEPS) {
        throw endless(pattern, name);
      }
      return name.charAt(index);
    }

    @Override
    public int length() {
      return name.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return name.substring(start, end);
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
