package dev.tenon;

/** Text that may hold what a stranger wrote, as one printable line. */
final class OneLine {
  private OneLine() {}

  /** The text, with what is no printable character written out; itself if all are. */
  static String of(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isUnprintable(text, i)) {
        return escaped(text);
      }
    }
    return text;
  }

  private static String escaped(String text) {
    StringBuilder line = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isUnprintable(text, i)) {
        line.append(String.format("\\u%04x", (int) c));
      } else {
        line.append(c);
      }
    }
    return line.toString();
  }

  private static boolean isUnprintable(String text, int at) {
    char c = text.charAt(at);
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          true;
      case Character.SURROGATE -> !isPair(text, Character.isLowSurrogate(c) ? at - 1 : at);
      default -> false;
    };
  }

  private static boolean isPair(String text, int at) {
    return at >= 0
        && at + 1 < text.length()
        && Character.isSurrogatePair(text.charAt(at), text.charAt(at + 1));
  }
}
