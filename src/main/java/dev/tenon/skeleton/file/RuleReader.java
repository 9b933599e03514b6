package dev.tenon.skeleton.file;

import dev.tenon.skeleton.init.Fans;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.InitRule.Part;
import dev.tenon.skeleton.init.Value;
import dev.tenon.skeleton.json.SkeletonNode;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads a rule from a skeleton file, under the names of {@code torch.nn.init}. */
final class RuleReader {
  private final List<Value> values;

  /** Rules that refer to these values by index. */
  RuleReader(List<Value> values) {
    this.values = values;
  }

  InitRule read(SkeletonNode node) {
    SkeletonNode name = node.field("rule");
    return switch (name.text()) {
      case "uniform" -> {
        fields(node, "low", "high");
        yield new InitRule.Uniform(number(node, "low"), number(node, "high"));
      }
      case "normal" -> {
        fields(node, "mean", "std");
        yield new InitRule.Normal(number(node, "mean"), number(node, "std"));
      }
      case "truncated_normal" -> truncatedNormal(fields(node, "mean", "std", "low", "high"));
      case "constant" -> new InitRule.Constant(number(fields(node, "value"), "value"));
      case "eye" -> {
        fields(node);
        yield new InitRule.Eye();
      }
      case "dirac" ->
          new InitRule.Dirac(
              (int) fields(node, "groups").field("groups").integer(1, Integer.MAX_VALUE));
      case "orthogonal" -> new InitRule.Orthogonal(gain(node));
      case "sparse" -> {
        fields(node, "sparsity", "std");
        yield new InitRule.Sparse(number(node, "sparsity"), number(node, "std"));
      }
      case "xavier_uniform" -> new InitRule.XavierUniform(gain(node));
      case "xavier_normal" -> new InitRule.XavierNormal(gain(node));
      case "kaiming_uniform" -> {
        fields(node, "gain", "mode");
        yield new InitRule.KaimingUniform(number(node, "gain"), mode(node.field("mode")));
      }
      case "kaiming_normal" -> {
        fields(node, "gain", "mode");
        yield new InitRule.KaimingNormal(number(node, "gain"), mode(node.field("mode")));
      }
      case "lecun_normal" -> {
        fields(node);
        yield new InitRule.LecunNormal();
      }
      case "computed" -> {
        SkeletonNode value = fields(node, "value").field("value");
        yield new InitRule.Computed(values.get(value.index(values.size())));
      }
      case "drawn" -> {
        fields(node, "draw", "value");
        InitRule draw = read(node.field("draw"));
        if (draw instanceof Part || draw instanceof InitRule.Drawn || !draw.random()) {
          throw node.field("draw").wrong("a rule that draws");
        }
        yield new InitRule.Drawn(draw, ValueReader.OF_A_DRAW.read(node.field("value")));
      }
      case "part" -> part(fields(node, "dim", "start", "length", "of"));
      default -> throw name.wrong("the name of a rule");
    };
  }

  private static InitRule truncatedNormal(SkeletonNode node) {
    return new InitRule.TruncatedNormal(
        number(node, "mean"), number(node, "std"), number(node, "low"), number(node, "high"));
  }

  private InitRule part(SkeletonNode node) {
    return new Part(
        (int) node.field("dim").integer(0, Integer.MAX_VALUE),
        node.field("start").integer(0, Long.MAX_VALUE),
        node.field("length").integer(0, Long.MAX_VALUE),
        read(node.field("of")));
  }

  private static double gain(SkeletonNode node) {
    return number(fields(node, "gain"), "gain");
  }

  private static double number(SkeletonNode node, String name) {
    return node.field(name).number();
  }

  private static Fans.Mode mode(SkeletonNode node) {
    return switch (node.text()) {
      case "fan_in" -> Fans.Mode.FAN_IN;
      case "fan_out" -> Fans.Mode.FAN_OUT;
      default -> throw node.wrong("fan_in|fan_out");
    };
  }

  private static SkeletonNode fields(SkeletonNode node, String... names) {
    Set<String> all = new HashSet<>(Arrays.asList(names));
    all.add("rule");
    return node.only(all);
  }
}
