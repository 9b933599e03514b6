package dev.tenon.engine.init;

import dev.tenon.skeleton.init.InitRule;
import java.util.Locale;

/** Names a rule the way a report shows it: {@code normal(mean=0.0, std=0.02)}. */
public final class Rules {
  private Rules() {}

  public static String name(InitRule rule) {
    // Records compare and print themselves by call sites that take milliseconds to link.
    if (rule instanceof InitRule.Computed) {
      return "config";
    } else if (rule instanceof InitRule.Constant constant && constant.value() == 0) {
      return "zeros";
    } else if (rule instanceof InitRule.Constant constant && constant.value() == 1) {
      return "ones";
    }
    if (rule instanceof InitRule.Drawn drawn) {
      return "of " + name(drawn.draw());
    }
    String record = rule.toString();
    String name = record.substring(0, 1).toLowerCase(Locale.ROOT) + record.substring(1);
    String called = name.replace('[', '(').replace(']', ')');
    return called.endsWith("()") ? called.substring(0, called.length() - 2) : called;
  }
}
