package dev.tenon.engine;

import dev.tenon.TenonException;

/**
 * libtorch's errors in this library's words: they come as runtime exceptions of a dozen lines, the
 * first of which says what went wrong and the others where.
 */
final class TorchErrors {
  private TorchErrors() {}

  /**
   * An error a load ends with.
   *
   * @param sentence what was being done
   * @param facts {@code key=value} pairs, separated by commas
   * @param cause what libtorch threw
   */
  static TenonException of(String sentence, String facts, Throwable cause) {
    if (cause instanceof TenonException known) {
      return known;
    }
    String text = cause.getMessage() == null ? cause.toString() : cause.getMessage().strip();
    String first = text.lines().findFirst().orElse(cause.getClass().getSimpleName());
    return new TenonException(sentence + ": " + facts + ", reason=" + first, cause);
  }
}
