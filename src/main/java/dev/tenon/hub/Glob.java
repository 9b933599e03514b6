package dev.tenon.hub;

/**
 * A pattern as Python's {@code fnmatch} reads it, case counting: {@code *} is any characters,
 * separators among them, {@code ?} any one, {@code [a-z]} one of these, {@code [!a-z]} one that is
 * none of them. A {@code \} is a {@code /}, and a pattern that ends in one means all below it.
 *
 * <p>Matched by hand, since a regular expression of several {@code *} may take for ever over a name
 * that a server chose: this takes at most as many steps as both are long, multiplied.
 */
public final class Glob {
  private final int[] pattern;

  public Glob(String text) {
    String slashes = text.replace('\\', '/');
    pattern = (slashes.endsWith("/") ? slashes + "*" : slashes).codePoints().toArray();
  }

  public boolean matches(String path) {
    int[] name = path.replace('\\', '/').codePoints().toArray();
    int at = 0;
    int in = 0;
    int star = -1;
    int starred = 0;
    while (at < name.length) {
      if (in < pattern.length && pattern[in] == '*') {
        star = in++;
        starred = at;
      } else if (in < pattern.length && takes(in, name[at])) {
        in = end(in);
        at++;
      } else if (star >= 0) {
        in = star + 1;
        at = ++starred; // The last star takes one more; those before it need not.
      } else {
        return false;
      }
    }
    while (in < pattern.length && pattern[in] == '*') {
      in++;
    }
    return in == pattern.length;
  }

  /** Whether what stands at a place of the pattern takes a character. */
  private boolean takes(int in, int character) {
    if (pattern[in] == '?') {
      return true;
    }
    int end = end(in);
    return end == in + 1 ? pattern[in] == character : inBrackets(in + 1, end - 1, character);
  }

  /** Where that which stands at a place ends: brackets that are not closed are a character. */
  private int end(int in) {
    if (pattern[in] == '[') {
      int first = in + 1;
      if (first < pattern.length && pattern[first] == '!') {
        first++;
      }
      for (int i = first + 1; i < pattern.length; i++) {
        if (pattern[i] == ']') {
          return i + 1;
        }
      }
    }
    return in + 1;
  }

  private boolean inBrackets(int from, int to, int character) {
    boolean none = pattern[from] == '!';
    for (int i = none ? from + 1 : from; i < to; i++) {
      boolean range = i + 2 < to && pattern[i + 1] == '-';
      int last = range ? pattern[i + 2] : pattern[i];
      if (pattern[i] <= character && character <= last) {
        return !none;
      }
      i += range ? 2 : 0;
    }
    return none;
  }
}
