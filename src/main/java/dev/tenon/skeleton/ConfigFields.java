package dev.tenon.skeleton;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tenon.TenonException;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.json.SkeletonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Fields of a config by name and type, whatever they mean.
 *
 * <p>Getters with a fallback return it for null and absent alike; those without throw a {@link
 * TenonException} that names file and field. Immutable and thread-safe.
 */
public abstract sealed class ConfigFields permits Config {
  private static final JsonNode NO = JsonNodeFactory.instance.booleanNode(false);

  final String origin;
  final ObjectNode fields;

  ConfigFields(String origin, ObjectNode fields) {
    this.origin = origin;
    this.fields = fields;
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

  /** Names of all fields, in order. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    fields.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Where it was read from: a file, with {@code #name} for configs inside. */
  @Override
  public String toString() {
    return origin;
  }

  /** The fields as they were read; nobody changes them. */
  @SuppressWarnings("exports") // For the rooms of this module.
  public ObjectNode tree() {
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

  final TenonException wrong(String name, String expected, JsonNode actual) {
    return new TenonException(
        "Config field has the wrong type: file=%s, field=%s, expected=%s, actual=%s"
            .formatted(origin, name, expected, SkeletonNode.quote(actual)));
  }
}
