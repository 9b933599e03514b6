package dev.tenon.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A link that leads nowhere: what it was to lead to was deleted, or never came. */
public final class LostLink {
  private LostLink() {}

  /**
   * What an error says of a file that is not there, after the file's name.
   *
   * @return where its link leads and, in the Hugging Face cache, the remedy; empty if it is no link
   */
  public static String facts(Path file) {
    try {
      if (!Files.isSymbolicLink(file) || Files.exists(file)) {
        return "";
      }
      String link = ", link to=" + Files.readSymbolicLink(file);
      String model = CachedModel.of(file);
      return model == null ? link : link + "; " + model + " with --download brings it again";
    } catch (IOException e) {
      return ""; // Meanwhile it is another, or none.
    }
  }
}
