package dev.tenon.skeleton.atlas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tenon.TenonException;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.json.JsonTree;
import dev.tenon.skeleton.json.SkeletonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * From a {@code config.json} to the fields its class would have: a document's part on configs.
 * Fields of configs inside have dotted names.
 */
final class AtlasFields {
  private static final Set<String> PARTS =
      Set.of(
          "defaults",
          "parts",
          "aliases",
          "types",
          "labels",
          "rope",
          "stages",
          "derive",
          "required",
          "absent");
  private static final String TYPE = "model_type";
  private static final String SCALING = "rope_scaling";
  private static final String ROPE = "rope_parameters";
  private static final String PLAIN = "default";
  private static final Map<String, String> LAYERS =
      Map.of(
          "mamba", "linear_attention",
          "attention", "full_attention",
          "deepseek_sparse_attention", "indexed_attention",
          "qwen_sparse_attention", "indexed_attention");
  private static final int MOST_ITEMS = 1 << 18;

  private record Derived(String field, SkeletonNode value) {}

  private final AtlasReader reader;
  private final Map<String, @Nullable Object> defaults = new LinkedHashMap<>();
  private final List<String> levels = new ArrayList<>(List.of(""));
  private final Map<String, Map<String, String>> aliases = new HashMap<>();
  private final Map<String, List<String>> types = new HashMap<>();
  private final Map<String, Long> labels = new HashMap<>();
  private final Map<String, String> rope = new HashMap<>();
  private final Map<String, AtlasStages> stages = new LinkedHashMap<>();
  private final List<Derived> derived = new ArrayList<>();
  private final List<String> required;
  private final List<String> absent;

  AtlasFields(SkeletonNode node, AtlasReader reader) {
    this.reader = reader;
    node.only(PARTS);
    if (node.has("defaults")) {
      flatten(node.field("defaults").object(), "", defaults);
    }
    levels.addAll(texts(node, "parts"));
    for (SkeletonNode level : children(node, "aliases")) {
      Map<String, String> names = new LinkedHashMap<>();
      for (SkeletonNode name : level.children()) {
        names.put(name.name(), name.text());
      }
      aliases.put(level.name(), names);
    }
    for (SkeletonNode type : children(node, "types")) {
      types.put(type.name(), type.isText() ? List.of(type.text()) : type.texts());
    }
    for (SkeletonNode count : children(node, "labels")) {
      labels.put(count.name(), count.integer(0, Integer.MAX_VALUE));
    }
    for (SkeletonNode level : children(node, "rope")) {
      rope.put(level.name(), level.isText() ? level.text() : PLAIN);
    }
    for (SkeletonNode level : children(node, "stages")) {
      stages.put(level.name(), AtlasStages.read(level, reader));
    }
    if (node.has("derive")) {
      for (SkeletonNode item : node.field("derive").items()) {
        item.only(Set.of("field", "value"));
        check(item.field("value"));
        derived.add(new Derived(item.field("field").text(), item.field("value")));
      }
    }
    this.required = texts(node, "required");
    this.absent = texts(node, "absent");
  }

  /** Defaults of the config itself, without those of configs inside. */
  Config shallow() {
    List<@Nullable Object> pairs = new ArrayList<>();
    defaults.forEach(
        (name, value) -> {
          boolean other = aliases.getOrDefault("", Map.of()).containsKey(name);
          if (name.indexOf('.') < 0
              && !(value instanceof Map)
              && !required.contains(name)
              && !other) {
            pairs.add(name);
            pairs.add(value);
          }
        });
    return Config.defaults(pairs.toArray());
  }

  /** All fields under a config. */
  Map<String, @Nullable Object> of(Config config) {
    ObjectNode raw = config.tree().deepCopy();
    for (String path : levels) {
      ObjectNode own = level(raw, path);
      if (own != null) {
        aliases.getOrDefault(path, Map.of()).forEach((from, to) -> move(own, from, to));
        if (rope.containsKey(path)) {
          turn(own, rope.get(path));
        }
        nameLayers(own, aliases.getOrDefault(path, Map.of()));
        List<String> known = types.get(path);
        if (known != null && own.hasNonNull(TYPE) && !known.contains(own.get(TYPE).asText())) {
          String actual = own.get(TYPE).asText() + ", known=" + String.join(" ", known);
          throw refused(config, path + "." + TYPE, actual);
        }
      }
    }
    Map<String, @Nullable Object> given = new HashMap<>();
    flatten(raw, "", given);
    Map<String, @Nullable Object> fields = new HashMap<>(defaults);
    fields.putAll(given);
    for (String path : levels) {
      count(level(raw, path), path, fields);
    }
    for (Map.Entry<String, AtlasStages> named : stages.entrySet()) {
      String path = named.getKey();
      if (path.isEmpty() || level(raw, path) != null) {
        named.getValue().complete(path.isEmpty() ? "" : path + ".", fields, config);
      }
    }
    for (String name : required) {
      if (given.get(name) == null) {
        throw refused(config, name, "absent");
      }
    }
    for (String name : absent) {
      if (given.get(name) != null) {
        throw refused(config, name, SkeletonNode.quote(JsonTree.of(given.get(name))));
      }
    }
    Map<String, @Nullable Object> values = new HashMap<>();
    long[] left = {MOST_ITEMS};
    for (Derived d : derived) {
      values.put(d.field(), value(d.value(), fields, left, config));
    }
    fields.putAll(values);
    return fields;
  }

  static TenonException refused(Object config, String what, String actual) {
    return new TenonException(
        ("The atlas does not know such a config: file=%s, field=%s, actual=%s."
                + " Describe the model with export_skeleton.py, or in a document of its own.")
            .formatted(config, what, actual));
  }

  private void count(@Nullable ObjectNode own, String path, Map<String, @Nullable Object> fields) {
    String name = path.isEmpty() ? "num_labels" : path + ".num_labels";
    if (own != null && own.path("id2label").isObject()) {
      fields.put(name, (long) own.get("id2label").size());
    } else if (own == null || !own.hasNonNull("num_labels")) {
      fields.put(name, labels.getOrDefault(path, 2L));
    }
  }

  private static @Nullable ObjectNode level(ObjectNode raw, String path) {
    JsonNode at = raw;
    if (!path.isEmpty()) {
      for (String step : path.split("\\.")) {
        at = at.path(step);
      }
    }
    return at instanceof ObjectNode object ? object : null;
  }

  private static void move(ObjectNode own, String from, String to) {
    JsonNode value = own.remove(from);
    if (value != null) {
      own.set(to, value);
    }
  }

  /** Kinds of layers by their names of now. */
  private static void nameLayers(ObjectNode own, Map<String, String> aliases) {
    for (String common : List.of("layer_types", "mtp_layer_types")) {
      String name = aliases.getOrDefault(common, common);
      if (own.get(name) instanceof ArrayNode kinds) {
        ArrayNode renamed = own.arrayNode(kinds.size());
        for (JsonNode kind : kinds) {
          String now = kind.isTextual() ? LAYERS.get(kind.textValue()) : null;
          renamed.add(now == null ? kind : TextNode.valueOf(now));
        }
        own.set(name, renamed);
      }
    }
  }

  /** The one spelling of rotary settings, from the older ones beside it. */
  private static void turn(ObjectNode own, String usual) {
    JsonNode old = own.remove(SCALING);
    JsonNode chosen = old != null && !old.isNull() && !old.isEmpty() ? old : own.path(ROPE);
    ObjectNode settings =
        chosen instanceof ObjectNode object ? object.deepCopy() : own.objectNode();
    // What a class says by itself it says as a whole.
    boolean plain = usual.equals(PLAIN) || !settings.isEmpty();
    String type = plain ? PLAIN : own.hasNonNull("rope_theta") ? null : usual;
    boolean nested = false;
    for (JsonNode part : settings) {
      if (part instanceof ObjectNode inner) {
        complete(inner, own, type);
        nested = true;
      }
    }
    if (!nested) {
      complete(settings, own, type);
    }
    own.set(ROPE, settings);
  }

  private static void complete(ObjectNode settings, ObjectNode own, @Nullable String type) {
    for (String name : List.of("rope_theta", "partial_rotary_factor")) {
      if (!settings.has(name) && own.hasNonNull(name)) {
        settings.set(name, own.get(name));
      }
    }
    if (!settings.has("rope_type")) {
      settings.put("rope_type", settings.path("type").asText(type));
    }
  }

  private @Nullable Object value(
      SkeletonNode node, Map<String, @Nullable Object> fields, long[] left, Config config) {
    if (!node.isObject()) {
      return reader.expression(node).value(fields);
    } else if (node.has("if")) {
      boolean holds = Python.truth(reader.expression(node.field("if")).value(fields));
      return value(node.field(holds ? "then" : "else"), fields, left, config);
    }
    long count = Python.whole(reader.expression(node.field("in")).value(fields));
    left[0] -= Math.max(count, 1);
    if (count > MOST_ITEMS || left[0] < 0) {
      throw new TenonException(
          "The config describes too long a list: file=%s, count=%d, allowed=%d"
              .formatted(config, count, MOST_ITEMS));
    }
    Map<String, @Nullable Object> inner = new HashMap<>(fields);
    List<@Nullable Object> list = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      inner.put(node.field("for").text(), i);
      list.add(value(node.field("of"), inner, left, config));
    }
    return list;
  }

  private void check(SkeletonNode node) {
    if (!node.isObject()) {
      reader.expression(node);
    } else if (node.has("if")) {
      node.only(Set.of("if", "then", "else"));
      reader.expression(node.field("if"));
      check(node.field("then"));
      check(node.field("else"));
    } else {
      node.only(Set.of("for", "in", "of"));
      node.field("for").text();
      reader.expression(node.field("in"));
      if (node.field("of").isObject() && node.field("of").has("for")) {
        throw node.field("of").wrong("no list of lists");
      }
      check(node.field("of"));
    }
  }

  private static void flatten(
      ObjectNode object, String prefix, Map<String, @Nullable Object> into) {
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      String name = prefix + field.getKey();
      into.put(name, plain(field.getValue()));
      boolean words = field.getKey().equals("id2label") || field.getKey().equals("label2id");
      if (field.getValue() instanceof ObjectNode inner && !words) {
        flatten(inner, name + ".", into);
      }
    }
  }

  private static @Nullable Object plain(JsonNode node) {
    if (node.isNull()) {
      return null;
    } else if (node.isTextual()) {
      return node.textValue();
    } else if (node.isBoolean()) {
      return node.booleanValue();
    } else if (node.isIntegralNumber()) {
      return node.canConvertToLong() ? (Object) node.longValue() : node.doubleValue();
    } else if (node.isNumber()) {
      return node.doubleValue();
    } else if (node.isArray()) {
      List<@Nullable Object> list = new ArrayList<>(node.size());
      for (JsonNode item : node) {
        list.add(plain(item));
      }
      return list;
    }
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      map.put(field.getKey(), plain(field.getValue()));
    }
    return map;
  }

  private static List<SkeletonNode> children(SkeletonNode node, String name) {
    return node.has(name) ? node.field(name).children() : List.of();
  }

  private static List<String> texts(SkeletonNode node, String name) {
    return node.has(name) ? node.field(name).texts() : List.of();
  }
}
