package dev.tenon.engine.torch;

import dev.tenon.TenonException;

/**
 * libtorch's errors in this library's words: they come as runtime exceptions of a dozen lines, the
 * first of which says what went wrong and the others where.
 */
public final class TorchErrors {
  private TorchErrors() {}

  /** Whether an exception is libtorch's, all of which JavaCPP throws as this class and no other. */
  public static boolean isOne(RuntimeException e) {
    return e.getClass() == RuntimeException.class;
  }

  /**
   * An error a load ends with.
   *
   * @param sentence what was being done
   * @param facts {@code key=value} pairs, separated by commas
   * @param cause what libtorch threw
   */
  public static TenonException of(String sentence, String facts, Throwable cause) {
    if (cause instanceof TenonException known) {
      return known;
    } else if (cause instanceof OutOfMemoryError error) {
      return Shortage.of(error);
    }
    String text = cause.getMessage() == null ? cause.toString() : cause.getMessage().strip();
    String first = text.lines().findFirst().orElse(cause.getClass().getSimpleName());
    return new TenonException(sentence + ": " + facts + ", reason=" + first, cause);
  }
}
