package dev.tenon;

import dev.tenon.skeleton.InitRule;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Init rules as reports print them, in the words of {@code torch.nn.init}. */
final class RuleText {
  private RuleText() {}

  /** Rules of one slot, in the order they run, without those that a later one writes over. */
  static String of(List<InitRule> rules) {
    int first = Math.max(rules.size() - 1, 0);
    while (first > 0 && rules.get(first) instanceof InitRule.Part) {
      first--;
    }
    return rules.stream().skip(first).map(RuleText::of).collect(Collectors.joining(", then "));
  }

  static String of(InitRule rule) {
    if (rule instanceof InitRule.Uniform uniform) {
      return call("uniform", uniform.low(), uniform.high());
    } else if (rule instanceof InitRule.Normal normal) {
      return call("normal", normal.mean(), normal.std());
    } else if (rule instanceof InitRule.TruncatedNormal normal) {
      return call("trunc_normal", normal.mean(), normal.std(), normal.low(), normal.high());
    } else if (rule instanceof InitRule.Constant constant) {
      return call("constant", constant.value());
    } else if (rule instanceof InitRule.Eye) {
      return "eye";
    } else if (rule instanceof InitRule.Dirac dirac) {
      return call("dirac", dirac.groups());
    } else if (rule instanceof InitRule.Orthogonal orthogonal) {
      return call("orthogonal", orthogonal.gain());
    } else if (rule instanceof InitRule.Sparse sparse) {
      return call("sparse", sparse.sparsity(), sparse.std());
    } else if (rule instanceof InitRule.XavierUniform xavier) {
      return call("xavier_uniform", xavier.gain());
    } else if (rule instanceof InitRule.XavierNormal xavier) {
      return call("xavier_normal", xavier.gain());
    } else if (rule instanceof InitRule.KaimingUniform kaiming) {
      return call("kaiming_uniform " + mode(kaiming.mode()), kaiming.gain());
    } else if (rule instanceof InitRule.KaimingNormal kaiming) {
      return call("kaiming_normal " + mode(kaiming.mode()), kaiming.gain());
    } else if (rule instanceof InitRule.LecunNormal) {
      return "lecun_normal";
    } else if (rule instanceof InitRule.Part part) {
      return "%s at %d:%d of dimension %d"
          .formatted(of(part.rule()), part.start(), part.start() + part.length(), part.dim());
    }
    return "computed from the config";
  }

  private static String mode(Enum<?> mode) {
    return mode.name().toLowerCase(Locale.ROOT);
  }

  private static String call(String name, double... values) {
    StringBuilder text = new StringBuilder(name).append('(');
    for (int i = 0; i < values.length; i++) {
      double value = values[i];
      text.append(i == 0 ? "" : ", ");
      text.append(
          value == Math.rint(value) && Math.abs(value) < 1e15 ? "" + (long) value : "" + value);
    }
    return text.append(')').toString();
  }
}
