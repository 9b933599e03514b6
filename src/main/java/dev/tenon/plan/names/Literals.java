package dev.tenon.plan.names;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Text that a name must contain for a regular expression to be found in it. Asking for it first
 * spares nearly all keys the expression itself.
 */
public final class Literals {
  private static final Pattern INLINE_FLAG = Pattern.compile("\\(\\?[^:=!<>]");
  private static final String META = ".^$*+?()[]{}|\\";
  private final String[] required;

  private Literals(List<String> required) {
    this.required = required.toArray(new String[0]);
  }

  /**
   * The literals of an expression, found without groups, classes and alternatives: an expression
   * with one of these outside its groups has none, which only means that nothing is ruled out.
   */
  public static Literals of(Pattern pattern) {
    String regex = pattern.pattern();
    return pattern.flags() != 0 || INLINE_FLAG.matcher(regex).find()
        ? new Literals(List.of())
        : new Literals(runs(regex));
  }

  private static List<String> runs(String regex) {
    List<String> runs = new ArrayList<>();
    StringBuilder run = new StringBuilder();
    int depth = 0;
    for (int i = 0; i < regex.length(); i++) {
      char c = regex.charAt(i);
      if (c == '|' && depth == 0 || c == '[' || c == '\\' && !isEscapedLiteral(regex, i)) {
        return List.of();
      }
      boolean escaped = c == '\\';
      char literal = escaped ? regex.charAt(++i) : c;
      depth += escaped ? 0 : c == '(' ? 1 : c == ')' ? -1 : 0;
      boolean plain = depth == 0 && (escaped || META.indexOf(c) < 0);
      if (plain && !isOptional(regex, i + 1)) {
        run.append(literal);
      } else {
        end(run, runs);
        i = c == '{' ? Math.max(i, regex.indexOf('}', i)) : i;
      }
    }
    end(run, runs);
    return runs;
  }

  /** Whether the expression can be found in the name at all. */
  public boolean allowed(String name) {
    for (String literal : required) {
      if (!name.contains(literal)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isEscapedLiteral(String regex, int at) {
    return at + 1 < regex.length() && !Character.isLetterOrDigit(regex.charAt(at + 1));
  }

  private static boolean isOptional(String regex, int at) {
    return at < regex.length() && "*?{".indexOf(regex.charAt(at)) >= 0;
  }

  private static void end(StringBuilder run, List<String> runs) {
    if (!run.isEmpty()) {
      runs.add(run.toString());
      run.setLength(0);
    }
  }
}
