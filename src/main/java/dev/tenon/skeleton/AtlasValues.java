package dev.tenon.skeleton;

import dev.tenon.tensor.DType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a class's constructors leave in buffers, by the buffers' names with {@code #} for each
 * number, and which of them keep their dtype in every load.
 */
final class AtlasValues {
  private record Said(
      @Nullable Double number,
      @Nullable Expression base,
      @Nullable Expression dim,
      @Nullable Expression condition) {}

  private final Map<String, Said> values = new HashMap<>();
  private final Set<String> fixed = new HashSet<>();

  AtlasValues(SkeletonNode node, AtlasReader reader) {
    if (node.has("values")) {
      for (SkeletonNode value : node.field("values").children()) {
        values.put(value.name(), said(value, reader));
      }
    }
    if (node.has("fixed")) {
      fixed.addAll(node.field("fixed").texts());
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

  /** Gives the buffers of a module and below their values; what has none can be loaded alone. */
  void apply(Module module, String prefix, Map<String, @Nullable Object> fields) {
    Map<String, Module.Buffer> buffers = new LinkedHashMap<>(module.buffers);
    for (Map.Entry<String, Module.Buffer> named : buffers.entrySet()) {
      String pattern = (prefix + named.getKey()).replaceAll("\\d+", "#");
      Module.Buffer b = named.getValue();
      Said said = values.get(pattern);
      Value value = said == null ? null : value(said, b, fields);
      boolean keeps = b.fixedDtype() || fixed.contains(pattern);
      Value written = value == null ? b.value() : value;
      module.buffers.put(
          named.getKey(), new Module.Buffer(b.persistent(), b.dtype(), keeps, b.shape(), written));
      if (value == null && module.kind() != Module.Kind.NORM) {
        AtlasBlock.unknown(module, named.getKey());
      }
    }
    for (Map.Entry<String, Module> child : module.children.entrySet()) {
      apply(child.getValue(), prefix + child.getKey() + ".", fields);
    }
  }

  private static @Nullable Value value(
      Said said, Module.Buffer buffer, Map<String, @Nullable Object> fields) {
    if (said.condition() != null && !Python.truth(said.condition().value(fields))) {
      return null;
    } else if (said.number() != null) {
      return new Value.Full(buffer.shape(), said.number(), buffer.dtype());
    } else if (said.base() == null || said.dim() == null) {
      int last = buffer.shape().rank() - 1;
      return last < 0 || buffer.dtype() != DType.I64
          ? null
          : Value.arange(buffer.shape().dim(last)).expand(buffer.shape().dims());
    }
    double base = Python.number(said.base().value(fields));
    long dim = Python.whole(said.dim().value(fields));
    if (buffer.shape().rank() != 1 || buffer.shape().dim(0) != (dim + 1) / 2) {
      return null;
    }
    return new Value.Arange(0, dim, 2).to(DType.F32).over(dim).powerOf(base).reciprocal();
  }
}
