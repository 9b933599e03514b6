package dev.tenon.skeleton.atlas;

import dev.tenon.skeleton.build.Module;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.Value;
import dev.tenon.skeleton.json.SkeletonNode;
import dev.tenon.tensor.DType;
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

  private final Map<String, AtlasValue> values = new HashMap<>();
  private final Set<String> fixed = new HashSet<>();
  private final Set<String> unknown = new HashSet<>();

  AtlasValues(SkeletonNode node, AtlasReader reader) {
    if (node.has("values")) {
      for (SkeletonNode value : node.field("values").children()) {
        values.put(value.name(), AtlasValue.read(value, reader));
      }
    }
    if (node.has("fixed")) {
      fixed.addAll(node.field("fixed").texts());
    }
    if (node.has("unknown")) {
      unknown.addAll(node.field("unknown").texts());
    }
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
      AtlasValue said = values.get(pattern);
      if (unknown.contains(pattern)) {
        unmade.add(name);
      } else if (said != null) {
        Module.Parameter p = named.getValue();
        Value value = said.under(p.shape(), DType.F32, fields);
        InitRule rule = value == null ? InitRule.UNKNOWN : new InitRule.Computed(value);
        named.setValue(new Module.Parameter(p.shape(), p.trainable(), rule));
      }
    }
    for (Map.Entry<String, Module.Buffer> named : module.buffers.entrySet()) {
      String name = prefix + named.getKey();
      String pattern = pattern(name);
      Module.Buffer b = named.getValue();
      AtlasValue said = values.get(pattern);
      Value value = said == null ? null : said.under(b.shape(), b.dtype(), fields);
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
}
