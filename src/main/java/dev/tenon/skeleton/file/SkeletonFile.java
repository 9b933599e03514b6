package dev.tenon.skeleton.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tenon.TenonException;
import dev.tenon.file.JsonReason;
import dev.tenon.file.LostLink;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.json.JsonTree;
import dev.tenon.skeleton.json.SkeletonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A skeleton in a file, for models that no family states: {@code skeleton.json}, version 1, written
 * once by {@code export_skeleton.py} from the reference's own class. It says everything a {@link
 * Skeleton} does; {@code docs/skeleton-json.md} describes it.
 */
public final class SkeletonFile {
  /** What the file is called beside the weights of a model. */
  public static final String NAME = "skeleton.json";

  static final String FORMAT = "tenon-skeleton";
  static final int VERSION = 1;
  private static final String TIES = "ties";
  private static final long MAX_BYTES = 256L << 20;

  private SkeletonFile() {}

  /**
   * Reads a skeleton.
   *
   * @throws TenonException if the file is not there, larger than 256 MiB, not JSON, of another
   *     format or version, or not consistent: the message names the field
   */
  public static Skeleton read(Path file) {
    return parse(file, text(file));
  }

  /**
   * Reads a file's text.
   *
   * @throws TenonException if the file is not there, larger than 256 MiB, or not UTF-8
   */
  public static String text(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new TenonException("No such skeleton file: file=" + file + LostLink.facts(file));
      }
      long bytes = Files.size(file);
      if (bytes > MAX_BYTES) {
        throw new TenonException(
            "Skeleton file is too large: file=%s, bytes=%d, limit=%d"
                .formatted(file, bytes, MAX_BYTES));
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new TenonException("Skeleton file cannot be read: file=" + file + ", reason=" + e, e);
    }
  }

  /**
   * The skeleton a text describes.
   *
   * @param file what errors call it
   * @throws TenonException if it is not JSON, of another format or version, or not consistent
   */
  public static Skeleton parse(Path file, String text) {
    try {
      return new SkeletonReader(SkeletonNode.root(file.toString(), JsonTree.parse(text))).read();
    } catch (JsonProcessingException e) {
      throw new TenonException(
          "Skeleton file is not JSON: file="
              + file
              + ", reason="
              + JsonReason.of(e.getOriginalMessage()));
    }
  }

  /**
   * The text of a valid skeleton file for what became of its model: other sizes, no ties. The same
   * text if it is what the file describes.
   */
  public static String revised(String text, Skeleton now) {
    try {
      JsonNode fields = JsonTree.parse(text);
      boolean changed = now.ties().isEmpty() && !fields.path(TIES).isEmpty();
      if (changed) {
        ((ObjectNode) fields).remove(TIES);
      }
      for (int i = 0; i < now.slots().size(); i++) {
        ObjectNode slot = (ObjectNode) fields.get("slots").get(i);
        Slot sized = now.slots().get(i);
        long[] dims = sized.dtype().inTorch(sized.shape()).dims();
        JsonNode shape = JsonTree.of(Arrays.stream(dims).boxed().toList());
        // As text: trees tell an int from a long of the same value.
        if (!shape.toString().equals(slot.get("shape").toString())) {
          slot.set("shape", shape);
          changed = true;
        }
      }
      return changed ? JsonTree.print(fields) : text;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Not a skeleton file's text", e);
    }
  }
}
