package dev.tenon.skeleton;

import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a class's constructors leave in slots, by the slots' names with {@code #} for each number,
 * which buffers keep their dtype in every load, and what nobody knows how to make.
 */
final class AtlasValues {
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private record Said(
      @Nullable Double number,
      @Nullable Expression base,
      @Nullable Expression dim,
      @Nullable Expression condition) {}

  private final Map<String, Said> values = new HashMap<>();
  private final Set<String> fixed = new HashSet<>();
  private final Set<String> unknown = new HashSet<>();

  AtlasValues(SkeletonNode node, AtlasReader reader) {
    if (node.has("values")) {
      for (SkeletonNode value : node.field("values").children()) {
        values.put(value.name(), said(value, reader));
      }
    }
    if (node.has("fixed")) {
      fixed.addAll(node.field("fixed").texts());
    }
    if (node.has("unknown")) {
      unknown.addAll(node.field("unknown").texts());
    }
  }

  private static Said said(SkeletonNode node, AtlasReader reader) {
    node.only(Set.of("number", "arange", "rotary", "dim", "if"));
    Expression condition = node.has("if") ? reader.expression(node.field("if")) : null;
    if (node.has("number")) {
      return new Said(node.field("number").number(), null, null, condition);
    } else if (node.has("rotary")) {
      return new Said(
          null,
          reader.expression(node.field("rotary")),
          reader.expression(node.field("dim")),
          condition);
    }
    node.field("arange").flag();
    return new Said(null, null, null, condition);
  }

  /**
   * Gives what constructors leave to parameters and buffers. A buffer whose value is not said can
   * be loaded alone, and so can a slot of which it is said that nobody knows.
   */
  void apply(Module root, Map<String, @Nullable Object> fields) {
    List<String> unmade = new ArrayList<>();
    apply(root, "", fields, unmade);
    root.init(init -> unmade.forEach(name -> init.rule(name, InitRule.UNKNOWN)));
  }

  private void apply(
      Module module, String prefix, Map<String, @Nullable Object> fields, List<String> unmade) {
    for (Map.Entry<String, Module.Parameter> named : module.parameters.entrySet()) {
      String name = prefix + named.getKey();
      String pattern = pattern(name);
      Said said = values.get(pattern);
      if (unknown.contains(pattern)) {
        unmade.add(name);
      } else if (said != null) {
        Module.Parameter p = named.getValue();
        Value value = value(said, p.shape(), DType.F32, fields);
        InitRule rule = value == null ? InitRule.UNKNOWN : new InitRule.Computed(value);
        named.setValue(new Module.Parameter(p.shape(), p.trainable(), rule));
      }
    }
    for (Map.Entry<String, Module.Buffer> named : module.buffers.entrySet()) {
      String name = prefix + named.getKey();
      String pattern = pattern(name);
      Module.Buffer b = named.getValue();
      Said said = values.get(pattern);
      Value value = said == null ? null : value(said, b.shape(), b.dtype(), fields);
      boolean keeps = b.fixedDtype() || fixed.contains(pattern);
      boolean norm = said == null && module.kind() == Module.Kind.NORM;
      InitRule written =
          norm ? b.constructed() : value == null ? InitRule.UNKNOWN : new InitRule.Computed(value);
      named.setValue(new Module.Buffer(b.persistent(), b.dtype(), keeps, b.shape(), written));
      if (unknown.contains(pattern)) {
        unmade.add(name);
      }
    }
    for (Map.Entry<String, Module> child : module.children.entrySet()) {
      apply(child.getValue(), prefix + child.getKey() + ".", fields, unmade);
    }
  }

  private static String pattern(String name) {
    return NUMBER.matcher(name).replaceAll("#");
  }

  private static @Nullable Value value(
      Said said, Shape shape, DType dtype, Map<String, @Nullable Object> fields) {
    if (said.condition() != null && !Python.truth(said.condition().value(fields))) {
      return null;
    } else if (said.number() != null) {
      return new Value.Full(shape, said.number(), dtype);
    } else if (said.base() == null || said.dim() == null) {
      int last = shape.rank() - 1;
      return last < 0 || dtype != DType.I64
          ? null
          : Value.arange(shape.dim(last)).expand(shape.dims());
    }
    Object settled = said.base().value(fields);
    Object turning = said.dim().value(fields);
    if (settled == null || turning == null) {
      return null;
    }
    double base = Python.number(settled);
    long dim = Python.whole(turning);
    if (shape.rank() != 1 || shape.dim(0) != (dim + 1) / 2) {
      return null;
    }
    return new Value.Arange(0, dim, 2).to(DType.F32).over(dim).powerOf(base).reciprocal();
  }
}
