package dev.tenon.checkpoint.format;

import dev.tenon.TenonException;
import dev.tenon.file.LostLink;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Words this room's errors. */
public final class Errors {
  private static final int LONGEST_QUOTE = 200;

  private Errors() {}

  /**
   * A sentence about a file and its facts.
   *
   * @param facts alternately a key and its value
   */
  public static TenonException bad(Path file, String sentence, Object... facts) {
    StringBuilder message = new StringBuilder(sentence).append(": file=").append(file);
    for (int i = 0; i < facts.length; i += 2) {
      message.append(", ").append(facts[i]).append('=').append(quote(facts[i + 1].toString()));
    }
    return new TenonException(message.toString());
  }

  /** An error of the file system, in words. */
  public static TenonException io(Path file, IOException cause) {
    String sentence =
        cause instanceof NoSuchFileException
            ? "No such file"
            : cause instanceof AccessDeniedException ? "File may not be read" : "Reading failed";
    boolean absent = cause instanceof NoSuchFileException;
    String message = sentence + ": file=" + file + (absent ? LostLink.facts(file) : "");
    // A system's reason comes after the file's own name, which is there already.
    String reason =
        cause instanceof FileSystemException named ? named.getReason() : cause.getMessage();
    boolean known = sentence.charAt(0) != 'R';
    return new TenonException(
        known || reason == null ? message : message + ", reason=" + quote(reason), cause);
  }

  /** Text from a file as it may stand in a message: not too long. */
  public static String quote(String text) {
    return text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + '…' : text;
  }
}
