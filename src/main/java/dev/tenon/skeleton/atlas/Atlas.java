package dev.tenon.skeleton.atlas;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tenon.TenonException;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.json.JsonTree;
import dev.tenon.skeleton.json.SkeletonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The model types that no family states, described in documents: one entry of the jar each, read
 * when it is asked for, and an index of classes.
 */
public final class Atlas {
  private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}");
  private static final long MAX_BYTES = 16L << 20;

  private Atlas() {}

  /** The document of a model type, or null if there is none. */
  public static @Nullable Family find(String modelType) {
    String text = TYPE.matcher(modelType).matches() ? resource(modelType + ".json") : null;
    return text == null ? null : parse("atlas/" + modelType + ".json", text);
  }

  /** The document of the model type that has a class, or null if there is none. */
  public static @Nullable Family ofClass(String className) {
    String type = classes().get(className);
    return type == null ? null : find(type);
  }

  /**
   * A document in a file.
   *
   * @throws TenonException if it is not there, larger than 16 MiB, not JSON, or not consistent
   */
  public static Family read(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new TenonException("No such atlas document: file=" + file);
      }
      long bytes = Files.size(file);
      if (bytes > MAX_BYTES) {
        throw new TenonException(
            "Atlas document is too large: file=%s, bytes=%d, limit=%d"
                .formatted(file, bytes, MAX_BYTES));
      }
      return parse(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new TenonException("Atlas document cannot be read: file=" + file + ", reason=" + e, e);
    }
  }

  /** Every class described, and its model type. */
  public static Map<String, String> classes() {
    return index("classes");
  }

  /** Every class of the reference that is not, and why. */
  public static Map<String, String> leftOut() {
    return index("leftOut");
  }

  private static Map<String, String> index(String part) {
    Map<String, String> classes = new TreeMap<>();
    String text = resource("index/" + part + ".json");
    if (text != null) {
      for (SkeletonNode entry : tree("atlas/index/" + part + ".json", text).children()) {
        classes.put(entry.name(), entry.text());
      }
    }
    return classes;
  }

  private static Family parse(String file, String text) {
    return new AtlasFamily(tree(file, text));
  }

  private static SkeletonNode tree(String file, String text) {
    try {
      return SkeletonNode.root(file, JsonTree.parse(text));
    } catch (JsonProcessingException e) {
      throw new TenonException(
          "Atlas document is not JSON: file=" + file + ", reason=" + e.getOriginalMessage(), e);
    }
  }

  private static @Nullable String resource(String name) {
    try (InputStream in = Atlas.class.getResourceAsStream(name)) {
      return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new TenonException("The atlas cannot be read: entry=" + name, e);
    }
  }
}
