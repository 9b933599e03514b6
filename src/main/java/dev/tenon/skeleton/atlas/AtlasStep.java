package dev.tenon.skeleton.atlas;

import dev.tenon.skeleton.init.Fans;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.json.SkeletonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One step of a module's initialisation in an atlas's document. */
sealed interface AtlasStep {

  /** A rule whose numbers are expressions, for a slot of the module or below it. */
  record Rule(
      String slot,
      String rule,
      Map<String, Expression> numbers,
      @Nullable String mode,
      @Nullable Expression row)
      implements AtlasStep {

    /** The rule under a config; null where the slot gets what its constructor leaves. */
    @Nullable InitRule under(Map<String, @Nullable Object> fields) {
      InitRule whole = numbered(fields);
      if (row == null || whole == null) {
        return whole;
      }
      return new InitRule.Part(0, Python.whole(row.value(fields)), 1, whole);
    }

    /**
     * A number that a config leaves null draws nothing, so that it is an error where it is needed.
     */
    private @Nullable InitRule numbered(Map<String, @Nullable Object> fields) {
      InitRule whole = whole(fields);
      for (String name : numbers.keySet()) {
        if (Double.isNaN(number(name, fields)) && whole != null && whole.known()) {
          return InitRule.UNKNOWN;
        }
      }
      return whole;
    }

    private @Nullable InitRule whole(Map<String, @Nullable Object> fields) {
      return switch (rule) {
        case "value" -> null;
        case "ones" -> InitRule.ONES;
        case "zeros" -> InitRule.ZEROS;
        case "eye" -> new InitRule.Eye();
        case "lecun_normal" -> new InitRule.LecunNormal();
        case "constant" -> new InitRule.Constant(number("value", fields));
        case "uniform" -> new InitRule.Uniform(number("low", fields), number("high", fields));
        case "normal" -> new InitRule.Normal(number("mean", fields), number("std", fields));
        case "truncated_normal" ->
            new InitRule.TruncatedNormal(
                number("mean", fields),
                number("std", fields),
                number("low", fields),
                number("high", fields));
        case "orthogonal" -> new InitRule.Orthogonal(number("gain", fields));
        case "xavier_uniform" -> new InitRule.XavierUniform(number("gain", fields));
        case "xavier_normal" -> new InitRule.XavierNormal(number("gain", fields));
        case "kaiming_uniform" -> new InitRule.KaimingUniform(number("gain", fields), fan());
        default -> new InitRule.KaimingNormal(number("gain", fields), fan());
      };
    }

    private double number(String name, Map<String, @Nullable Object> fields) {
      Expression number = numbers.get(name);
      if (number == null) {
        return 0;
      }
      try {
        Object value = number.value(fields);
        return value == null ? Double.NaN : Python.number(value);
      } catch (IllegalArgumentException e) {
        return Double.NaN; // Computed from what is null.
      }
    }

    private Fans.Mode fan() {
      return "fan_out".equals(mode) ? Fans.Mode.FAN_OUT : Fans.Mode.FAN_IN;
    }
  }

  /** Steps if a condition holds, and others if not. */
  record Choice(Expression condition, List<AtlasStep> yes, List<AtlasStep> no)
      implements AtlasStep {}

  /** What each rule must say. */
  Map<String, Set<String>> NUMBERS =
      Map.ofEntries(
          Map.entry("value", Set.of()),
          Map.entry("ones", Set.of()),
          Map.entry("zeros", Set.of()),
          Map.entry("eye", Set.of()),
          Map.entry("lecun_normal", Set.of()),
          Map.entry("constant", Set.of("value")),
          Map.entry("uniform", Set.of("low", "high")),
          Map.entry("normal", Set.of("std")),
          Map.entry("truncated_normal", Set.of("std", "low", "high")),
          Map.entry("orthogonal", Set.of("gain")),
          Map.entry("xavier_uniform", Set.of("gain")),
          Map.entry("xavier_normal", Set.of("gain")),
          Map.entry("kaiming_uniform", Set.of("gain")),
          Map.entry("kaiming_normal", Set.of("gain")));

  /** Reads steps. */
  static List<AtlasStep> read(SkeletonNode list, AtlasReader reader) {
    List<AtlasStep> steps = new ArrayList<>();
    for (SkeletonNode node : list.items()) {
      if (node.has("if")) {
        node.only(Set.of("if", "then", "else"));
        steps.add(
            new Choice(
                reader.expression(node.field("if")),
                read(node.field("then"), reader),
                node.has("else") ? read(node.field("else"), reader) : List.of()));
      } else {
        steps.add(rule(node, reader));
      }
    }
    return steps;
  }

  private static Rule rule(SkeletonNode node, AtlasReader reader) {
    node.only(Set.of("slot", "rule", "row", "mean", "std", "low", "high", "value", "gain", "mode"));
    Set<String> needed = NUMBERS.get(node.field("rule").text());
    if (needed == null) {
      throw node.field("rule").wrong(String.join("|", NUMBERS.keySet().stream().sorted().toList()));
    }
    Map<String, Expression> numbers = new HashMap<>();
    for (String name : needed) {
      numbers.put(name, reader.expression(node.field(name)));
    }
    if (node.has("mean")) {
      numbers.put("mean", reader.expression(node.field("mean")));
    }
    return new Rule(
        node.field("slot").text(),
        node.field("rule").text(),
        numbers,
        node.has("mode") ? node.field("mode").text() : null,
        node.has("row") ? reader.expression(node.field("row")) : null);
  }
}
