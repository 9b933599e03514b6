package dev.tenon.checkpoint.gguf;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.format.Errors;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which files make a GGUF model: one, or as many as it is split into. */
public final class GgufFiles {
  private static final String ENDING = ".gguf";

  /** As llama.cpp names the parts of a model. */
  private static final Pattern PART = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");

  private static final int MOST_PARTS = 9999;

  private GgufFiles() {}

  /** Whether a name is one that GGUF files have. */
  public static boolean isOne(Path file) {
    return file.getFileName() != null && file.getFileName().toString().endsWith(ENDING);
  }

  /**
   * The model a directory holds.
   *
   * @param directory looked through, not what is below it
   * @return a file of it, or null if there is none; projectors of images, which stand beside a
   *     model, are none
   * @throws TenonException if there are several models
   */
  public static @Nullable Path in(Path directory) {
    Map<String, Path> models = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + ENDING)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        Matcher part = PART.matcher(name);
        if (!name.startsWith("mmproj") && Files.isRegularFile(file)) {
          String model = part.matches() ? part.group(1) + "-of-" + part.group(3) : name;
          models.merge(model, file, (one, other) -> one.compareTo(other) < 0 ? one : other);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw Errors.io(
          directory,
          e instanceof IOException io ? io : ((DirectoryIteratorException) e).getCause());
    }
    if (models.size() > 1) {
      List<String> names = new ArrayList<>();
      models.values().forEach(file -> names.add(file.getFileName().toString()));
      throw new TenonException(
          "The directory holds several GGUF models: directory=%s, files=%s. Name the file that is meant."
              .formatted(directory, names.size() > 5 ? names.subList(0, 5) + " …" : names));
    }
    return models.isEmpty() ? null : models.values().iterator().next();
  }

  /**
   * Reads the headers of a model.
   *
   * @param file it, or any part of it
   * @return a header a file, that of the first part, which has the metadata, first
   * @throws TenonException if a part lacks or is not valid
   */
  public static List<GgufHeader> read(Path file) {
    GgufHeader header = GgufHeader.read(file);
    Long count = header.integer("split.count");
    if (count == null || count <= 1) {
      return List.of(header);
    }
    Matcher part = PART.matcher(file.getFileName().toString());
    if (!part.matches() || Integer.parseInt(part.group(3)) != count || count > MOST_PARTS) {
      throw Errors.bad(
          file, "A part of a split model has another name than such parts have", "parts", count);
    }
    List<GgufHeader> headers = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      Path next =
          file.resolveSibling(
              String.format(Locale.ROOT, "%s-%05d-of-%05d%s", part.group(1), i + 1, count, ENDING));
      if (!Files.exists(next)) {
        throw Errors.bad(next, "A part of a split model is not there", "parts", count);
      }
      GgufHeader one = next.equals(file) ? header : GgufHeader.read(next);
      Long number = one.integer("split.no");
      if (number == null || number != i) {
        throw Errors.bad(
            next,
            "A part of a split model is another than its name says",
            "split.no",
            number == null ? "none" : number);
      }
      headers.add(one);
    }
    return headers;
  }
}
