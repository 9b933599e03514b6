package dev.tenon;

/**
 * The one exception a load ends with: its message is a sentence, then {@code key=value} facts
 * (file, tensor, expected, actual), then the remedy where there is exactly one.
 *
 * <p>Every room may throw it. Causes of libtorch keep their long form in {@link #getCause()}; the
 * message holds only their first line.
 *
 * <p>A message is one line whatever a file put into the names it quotes: characters that end a
 * line, turn the text around or show nothing are written as {@code \\uXXXX}.
 */
public class TenonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * An error with no cause of another library behind it.
   *
   * @param message a sentence and its {@code key=value} facts
   */
  public TenonException(String message) {
    super(OneLine.of(message));
  }

  /**
   * An error another library's failure led to.
   *
   * @param message a sentence and its {@code key=value} facts
   * @param cause what failed
   */
  public TenonException(String message, Throwable cause) {
    super(OneLine.of(message), cause);
  }
}
