package dev.tenon.skeleton.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tenon.TenonException;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One JSON value of a skeleton file, read strictly: what is asked for must be there and of its
 * kind, and errors name the file and the place in it.
 */
public final class SkeletonNode {
  private static final int LONGEST_QUOTE = 80;
  private static final int HIGHEST_RANK = 64;

  private final String file;
  private final @Nullable SkeletonNode parent;
  private final String step;
  private final JsonNode json;

  private SkeletonNode(String file, @Nullable SkeletonNode parent, String step, JsonNode json) {
    this.file = file;
    this.parent = parent;
    this.step = step;
    this.json = json;
  }

  public static SkeletonNode root(String file, JsonNode json) {
    return new SkeletonNode(file, null, "", json);
  }

  public boolean isNumber() {
    return json.isNumber();
  }

  public boolean isWhole() {
    return json.isIntegralNumber();
  }

  public boolean isText() {
    return json.isTextual();
  }

  public boolean isObject() {
    return json.isObject();
  }

  /** The last step of the way to this value: a field's name. */
  public String name() {
    return step.substring(1);
  }

  /** The values of an object's fields, in order. */
  public List<SkeletonNode> children() {
    List<SkeletonNode> children = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : object().properties()) {
      children.add(new SkeletonNode(file, this, "." + field.getKey(), field.getValue()));
    }
    return children;
  }

  /** This object as it stands. */
  public ObjectNode object() {
    if (json instanceof ObjectNode object) {
      return object;
    }
    throw wrong("an object");
  }

  /** This object, if it has no fields but these: what a newer version adds is not overlooked. */
  public SkeletonNode only(Set<String> names) {
    if (!json.isObject()) {
      throw wrong("an object");
    }
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!names.contains(name)) {
                throw new SkeletonNode(file, this, "." + name, json).fault("has an unknown field");
              }
            });
    return this;
  }

  public boolean has(String name) {
    return json.has(name);
  }

  public SkeletonNode field(String name) {
    JsonNode child = json.get(name);
    SkeletonNode node = new SkeletonNode(file, this, "." + name, child == null ? json : child);
    if (child == null) {
      throw node.fault("lacks a field");
    }
    return node;
  }

  public List<SkeletonNode> items() {
    if (!json.isArray()) {
      throw wrong("a list");
    }
    List<SkeletonNode> items = new ArrayList<>(json.size());
    for (int i = 0; i < json.size(); i++) {
      items.add(new SkeletonNode(file, this, "[" + i + "]", json.get(i)));
    }
    return items;
  }

  /** The items of this list, which must be so many. */
  public List<SkeletonNode> items(int count) {
    List<SkeletonNode> items = items();
    if (items.size() != count) {
      throw wrong("a list of " + count);
    }
    return items;
  }

  public List<String> texts() {
    return items().stream().map(SkeletonNode::text).toList();
  }

  public String text() {
    if (!json.isTextual()) {
      throw wrong("a string");
    }
    return json.textValue();
  }

  public boolean flag(String name, boolean fallback) {
    return has(name) ? field(name).flag() : fallback;
  }

  public boolean flag() {
    if (!json.isBoolean()) {
      throw wrong("true or false");
    }
    return json.booleanValue();
  }

  public double number() {
    if (!json.isNumber()) {
      throw wrong("a number");
    }
    return json.doubleValue();
  }

  /** A whole number from {@code low} to {@code high}. */
  public long integer(long low, long high) {
    if (!json.isIntegralNumber()
        || !json.canConvertToLong()
        || json.longValue() < low
        || json.longValue() > high) {
      throw wrong("a whole number from " + low + " to " + high);
    }
    return json.longValue();
  }

  /** An index into something of this size. */
  public int index(int size) {
    return (int) integer(0, size - 1L);
  }

  public Shape shape() {
    List<SkeletonNode> items = items();
    if (items.size() > HIGHEST_RANK) {
      throw wrong("at most " + HIGHEST_RANK + " sizes");
    }
    Shape shape =
        Shape.of(items.stream().mapToLong(item -> item.integer(0, Long.MAX_VALUE)).toArray());
    try {
      shape.elements();
    } catch (ArithmeticException e) {
      throw wrong("sizes whose product is below 2^63");
    }
    return shape;
  }

  public DType dtype(String name, DType fallback) {
    if (!has(name)) {
      return fallback;
    }
    SkeletonNode field = field(name);
    try {
      return DType.ofTorchName(field.text());
    } catch (TenonException e) {
      throw field.wrong("torch's name of a dtype");
    }
  }

  /** An error that this is not what it should be. */
  public TenonException wrong(String expected) {
    return new TenonException(
        "Skeleton file has a wrong value: file=%s, field=%s, expected=%s, actual=%s"
            .formatted(file, path(), expected, quote(json)));
  }

  /** A JSON value as it may stand in a message: not too long. */
  public static String quote(JsonNode json) {
    String text = json.toString();
    return text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "…" : text;
  }

  private TenonException fault(String sentence) {
    return new TenonException(
        "Skeleton file %s: file=%s, field=%s".formatted(sentence, file, path()));
  }

  private String path() {
    String path = parent == null ? step : parent.path() + step;
    return path.startsWith(".") ? path.substring(1) : path;
  }
}
