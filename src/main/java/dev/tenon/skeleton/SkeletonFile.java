package dev.tenon.skeleton;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tenon.TenonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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
  private static final long MAX_BYTES = 256L << 20;

  private SkeletonFile() {}

  /**
   * Reads a skeleton.
   *
   * @throws TenonException if the file is not there, larger than 256 MiB, not JSON, of another
   *     format or version, or not consistent: the message names the field
   */
  public static Skeleton read(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new TenonException("No such skeleton file: file=" + file);
      }
      long bytes = Files.size(file);
      if (bytes > MAX_BYTES) {
        throw new TenonException(
            "Skeleton file is too large: file=%s, bytes=%d, limit=%d"
                .formatted(file, bytes, MAX_BYTES));
      }
      String text = Files.readString(file);
      return new SkeletonReader(SkeletonNode.root(file.toString(), JsonTree.parse(text))).read();
    } catch (JsonProcessingException e) {
      throw new TenonException(
          "Skeleton file is not JSON: file=" + file + ", reason=" + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new TenonException("Skeleton file cannot be read: file=" + file + ", reason=" + e, e);
    }
  }
}
