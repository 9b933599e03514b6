package dev.tenon.skeleton;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tenon.TenonException;
import dev.tenon.file.JsonReason;
import dev.tenon.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model's {@code config.json}, typed, with a family's defaults for the fields it leaves out.
 *
 * <p>An explicit {@code null} is a value, as in the reference: it hides the default. Getters with a
 * fallback return it for null and absent alike. Immutable and thread-safe.
 */
public final class Config {
  private static final String TEXT = "text_config";
  private static final JsonNode NO = JsonNodeFactory.instance.booleanNode(false);
  private static final String CLASSES = "architectures";

  private final String origin;
  private final ObjectNode fields;

  private Config(String origin, ObjectNode fields) {
    this.origin = origin;
    this.fields = fields;
  }

  /**
   * Reads a config from a file, or from {@code config.json} in a directory.
   *
   * @throws TenonException if it is not there, not JSON, or not an object
   */
  public static Config read(Path path) {
    return ConfigFile.read(path);
  }

  /** A config from JSON text; {@code origin} is what errors call it. */
  public static Config parse(String origin, String json) {
    try {
      if (JsonTree.parse(json) instanceof ObjectNode fields) {
        return new Config(origin, fields);
      }
    } catch (JsonProcessingException e) {
      throw new TenonException(
          "Config is not JSON: file="
              + origin
              + ", reason="
              + JsonReason.of(e.getOriginalMessage()));
    }
    throw new TenonException("Config is not a JSON object: file=" + origin);
  }

  /**
   * A family's defaults: names and values in turn; a null value is the reference's {@code None}.
   *
   * @param pairs name, value, name, value, …
   */
  public static Config defaults(@Nullable Object... pairs) {
    ObjectNode fields = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < pairs.length; i += 2) {
      fields.set(String.valueOf(pairs[i]), JsonTree.of(pairs[i + 1]));
    }
    return new Config("defaults", fields);
  }

  /** This config with {@code defaults} for the fields it does not mention. */
  public Config withDefaults(Config defaults) {
    ObjectNode merged = defaults.fields.deepCopy();
    merged.setAll(fields);
    return new Config(origin, merged);
  }

  /**
   * This config with fields under a family's own names where it uses the common ones.
   *
   * @param pairs common name, the family's name, …; if both are there the common one wins, as in
   *     the reference, which sets it later
   */
  public Config withAliases(String... pairs) {
    ObjectNode renamed = fields.deepCopy();
    for (int i = 0; i < pairs.length; i += 2) {
      JsonNode value = renamed.remove(pairs[i]);
      if (value != null) {
        renamed.set(pairs[i + 1], value);
      }
    }
    return new Config(origin, renamed);
  }

  /** This config with one field set to a number, text, flag or null. */
  public Config with(String name, @Nullable Object value) {
    ObjectNode changed = fields.deepCopy();
    changed.set(name, JsonTree.of(value));
    return new Config(origin, changed);
  }

  /** This config with one field of its {@link #text} part set. */
  public Config withText(String name, @Nullable Object value) {
    if (!isObject(TEXT)) {
      return with(name, value);
    }
    ObjectNode changed = fields.deepCopy();
    changed.set(TEXT, sub(TEXT).with(name, value).fields);
    return new Config(origin, changed);
  }

  /** This config without fields of these names that are objects, at any depth. */
  public Config without(Set<String> names) {
    ObjectNode changed = fields.deepCopy();
    List<ObjectNode> level = new ArrayList<>(List.of(changed));
    while (!level.isEmpty()) {
      ObjectNode node = level.remove(level.size() - 1);
      for (String name : names) {
        if (node.path(name).isObject()) {
          node.remove(name);
        }
      }
      for (JsonNode below : node) {
        if (below instanceof ObjectNode object) {
          level.add(object);
        }
      }
    }
    return new Config(origin, changed);
  }

  /**
   * This config's text beside weights that are saved: it names their class and dtype.
   *
   * @param skeleton what is saved; its class is empty if it is not known
   */
  public String saved(Skeleton skeleton, DType dtype) {
    ObjectNode changed = fields.deepCopy();
    changed.remove("torch_dtype");
    changed.remove("transformers_weights"); // What is saved has the usual names.
    changed.put("dtype", dtype.torchName());
    if (!skeleton.className().isEmpty()) {
      changed.set(CLASSES, JsonTree.of(List.of(skeleton.className())));
      if (!changed.has("model_type")) {
        changed.put("model_type", skeleton.modelType());
      }
    }
    return JsonTree.print(changed);
  }

  /** {@code model_type}, or empty. */
  public String modelType() {
    return string("model_type", "");
  }

  /** The classes the checkpoint was saved from, usually one; a text in place of a list is one. */
  public List<String> architectures() {
    return fields.path(CLASSES).isTextual() ? List.of(string(CLASSES)) : strings(CLASSES);
  }

  /** The first of {@link #architectures}, or null if there is none or it has no name. */
  public @Nullable String claimedClass() {
    List<String> classes = architectures();
    return classes.isEmpty() || classes.get(0).isBlank() ? null : classes.get(0);
  }

  /**
   * {@code dtype}, or the older {@code torch_dtype}, or null; {@code auto} counts as absent.
   *
   * @throws TenonException if it is no floating-point dtype; the message lists those there are
   */
  public @Nullable DType dtype() {
    String field = has("dtype") ? "dtype" : "torch_dtype";
    String name = string(field, "auto");
    return name.equals("auto") ? null : DType.ofModel(name, "file=" + origin + ", field=" + field);
  }

  /** Whether the field is there, null included. */
  public boolean mentions(String name) {
    return fields.has(name);
  }

  /** Whether the field is there and not null. */
  public boolean has(String name) {
    return fields.hasNonNull(name);
  }

  /** A whole number that must be there. */
  public int integer(String name) {
    JsonNode node = required(name);
    if (!isInteger(node)) {
      throw wrong(name, "an integer", node);
    }
    return node.intValue();
  }

  /** A whole number, or the fallback if absent or null. */
  public int integer(String name, int fallback) {
    return has(name) ? integer(name) : fallback;
  }

  /** A number that must be there. */
  public double number(String name) {
    JsonNode node = required(name);
    if (!node.isNumber()) {
      throw wrong(name, "a number", node);
    }
    return node.doubleValue();
  }

  /** A number, or the fallback if absent or null. */
  public double number(String name, double fallback) {
    return has(name) ? number(name) : fallback;
  }

  /**
   * A number that only initial values depend on: it must be there, but may be null. It is then NaN,
   * and what is drawn with it is refused where a tensor is missing: {@link InitRule#known}.
   */
  public double initial(String name) {
    return mentions(name) && !has(name) ? Double.NaN : number(name);
  }

  /** A flag that must be there. */
  public boolean flag(String name) {
    JsonNode node = required(name);
    if (!node.isBoolean()) {
      throw wrong(name, "true or false", node);
    }
    return node.booleanValue();
  }

  /** A flag, or the fallback if absent or null. */
  public boolean flag(String name, boolean fallback) {
    return has(name) ? flag(name) : fallback;
  }

  /** A text that must be there. */
  public String string(String name) {
    JsonNode node = required(name);
    if (!node.isTextual()) {
      throw wrong(name, "a string", node);
    }
    return node.textValue();
  }

  /** A text, or the fallback if absent or null. */
  public String string(String name, String fallback) {
    return has(name) ? string(name) : fallback;
  }

  /** A list of whole numbers; empty if absent or null. */
  public List<Integer> integers(String name) {
    List<Integer> values = new ArrayList<>();
    for (JsonNode node : list(name)) {
      if (!isInteger(node)) {
        throw wrong(name, "a list of integers", node);
      }
      values.add(node.intValue());
    }
    return values;
  }

  /** A list of numbers; empty if absent or null. */
  public List<Double> numbers(String name) {
    List<Double> values = new ArrayList<>();
    for (JsonNode node : list(name)) {
      if (!node.isNumber()) {
        throw wrong(name, "a list of numbers", node);
      }
      values.add(node.doubleValue());
    }
    return values;
  }

  /** A list of texts; empty if absent or null. */
  public List<String> strings(String name) {
    List<String> values = new ArrayList<>();
    for (JsonNode node : list(name)) {
      if (!node.isTextual()) {
        throw wrong(name, "a list of strings", node);
      }
      values.add(node.textValue());
    }
    return values;
  }

  /** Whether the field holds a list. */
  public boolean isList(String name) {
    return fields.path(name).isArray();
  }

  /** Whether the field holds a text. */
  public boolean isText(String name) {
    return fields.path(name).isTextual();
  }

  /** Whether the field holds something: not null, false, an empty text, list or object. */
  public boolean says(String name) {
    JsonNode node = fields.path(name);
    return node.isContainerNode()
        ? !node.isEmpty()
        : node.isTextual() ? !node.textValue().isEmpty() : has(name) && !node.equals(NO);
  }

  /** Whether the field holds an object. */
  public boolean isObject(String name) {
    return fields.path(name).isObject();
  }

  /** Whether the field holds a whole number that fits an {@code int}. */
  public boolean isInteger(String name) {
    return isInteger(fields.path(name));
  }

  /** Whether the field holds a list of whole numbers that fit an {@code int}. */
  public boolean isIntegers(String name) {
    if (!isList(name)) {
      return false;
    }
    for (JsonNode node : fields.path(name)) {
      if (!isInteger(node)) {
        return false;
      }
    }
    return true;
  }

  /** The configs inside this one, of all fields that hold an object, in order. */
  public List<Config> parts() {
    List<Config> parts = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : fields.properties()) {
      if (field.getValue() instanceof ObjectNode) {
        parts.add(sub(field.getKey()));
      }
    }
    return parts;
  }

  /** Names of all fields, in order. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    fields.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** A config inside this one; empty if absent or null. */
  public Config sub(String name) {
    JsonNode node = fields.path(name);
    if (node.isMissingNode() || node.isNull()) {
      return new Config(origin + "#" + name, JsonNodeFactory.instance.objectNode());
    } else if (node instanceof ObjectNode object) {
      return new Config(origin + "#" + name, object);
    }
    throw wrong(name, "an object", node);
  }

  /** A config inside this one as that of a model to load alone: it keeps this one's classes. */
  Config part(String name) {
    Config part = sub(name);
    ObjectNode own = part.fields.deepCopy();
    own.remove(CLASSES);
    if (fields.has(CLASSES)) {
      own.set(CLASSES, fields.get(CLASSES));
    }
    return new Config(part.origin, own);
  }

  /** The config of the text part: {@code text_config} if there is one, else this. */
  public Config text() {
    return isObject(TEXT) ? sub(TEXT) : this;
  }

  /**
   * How many labels a classifier has: {@code num_labels}, else the size of {@code id2label}, else
   * 2. Where both are there and disagree the number counts, as in the reference, which sets it
   * later.
   */
  public int labels() {
    if (mentions("num_labels")) {
      return integer("num_labels");
    }
    return isObject("id2label") ? fields.get("id2label").size() : 2;
  }

  /** Where it was read from: a file, with {@code #name} for configs inside. */
  @Override
  public String toString() {
    return origin;
  }

  /** The fields as they were read; nobody changes them. */
  ObjectNode tree() {
    return fields;
  }

  private JsonNode required(String name) {
    JsonNode node = fields.get(name);
    if (node == null || node.isNull()) {
      throw new TenonException("Config lacks a field: file=" + origin + ", field=" + name);
    }
    return node;
  }

  /** Whether it is a whole number: 1 and 1.0 are, 1.5 is not, and 2^31 is none that is meant. */
  private static boolean isInteger(JsonNode node) {
    return node.canConvertToExactIntegral() && node.canConvertToInt();
  }

  private Iterable<JsonNode> list(String name) {
    JsonNode node = fields.path(name);
    if (node.isMissingNode() || node.isNull()) {
      return List.of();
    } else if (!node.isArray()) {
      throw wrong(name, "a list", node);
    }
    return node;
  }

  private TenonException wrong(String name, String expected, JsonNode actual) {
    return new TenonException(
        "Config field has the wrong type: file=%s, field=%s, expected=%s, actual=%s"
            .formatted(origin, name, expected, SkeletonNode.quote(actual)));
  }
}
