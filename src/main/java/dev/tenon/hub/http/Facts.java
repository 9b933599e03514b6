package dev.tenon.hub.http;

/** Words what a server said, so that it fits into one line of a message. */
public final class Facts {
  private static final int LONGEST = 200;

  private Facts() {}

  /** Text without control characters, and not too long. */
  public static String quote(String text) {
    String line = text.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + '…';
  }

  /** What an exception says, or what it is where it says nothing. */
  public static String reason(Throwable failure) {
    String message = failure.getMessage();
    return quote(
        message == null || message.isBlank() ? failure.getClass().getSimpleName() : message);
  }
}
