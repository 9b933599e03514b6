package dev.tenon.hub.cache;

import dev.tenon.hub.ModelFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A note in the cache of which files of a commit are a tokenizer's: their names are not fixed, and
 * without it nobody could tell, without the hub, whether all of them are there.
 */
final class TokenizerNote {
  private static final int LONGEST = 1 << 20;

  private TokenizerNote() {}

  /** The note of several names. */
  static String write(List<String> names) {
    StringBuilder note = new StringBuilder();
    names.stream().sorted().distinct().forEach(name -> note.append(name).append('\n'));
    return note.toString();
  }

  /**
   * The names a note holds; null if there is none, or it is not one of Tenon's.
   *
   * @param model whose tokenizer it is
   */
  static @Nullable List<String> read(Path file, ModelFiles model) {
    if (!Files.isRegularFile(file)) {
      return null;
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LONGEST);
      List<String> names = new String(bytes, StandardCharsets.UTF_8).lines().toList();
      boolean whole =
          bytes.length < LONGEST && names.stream().allMatch(name -> isName(name, model));
      return whole ? names : null;
    } catch (IOException e) {
      return null;
    }
  }

  private static boolean isName(String name, ModelFiles model) {
    return model.isTokenizer(name) && RepoPaths.isSafe(name);
  }
}
