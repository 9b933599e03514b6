package dev.tenon.skeleton;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tenon.TenonException;
import dev.tenon.file.JsonReason;
import dev.tenon.skeleton.json.JsonTree;
import dev.tenon.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model's {@code config.json}: what it says of the model, with a family's defaults for the fields
 * it leaves out. An explicit {@code null} is a value, as in the reference: it hides the default.
 * Immutable and thread-safe.
 */
public final class Config extends ConfigFields {
  private static final String TEXT = "text_config";
  private static final String CLASSES = "architectures";

  private Config(String origin, ObjectNode fields) {
    super(origin, fields);
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
  public Config part(String name) {
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
}
