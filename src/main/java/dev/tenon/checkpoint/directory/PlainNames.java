package dev.tenon.checkpoint.directory;

/** Names out of files and arguments that are to lead to nothing but what lies in a directory. */
final class PlainNames {
  private PlainNames() {}

  /** Whether a name is a file's own, without a directory, a drive or a way up. */
  static boolean isFile(String name) {
    boolean plain = !name.isEmpty() && !name.equals(".") && !name.equals("..");
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      plain &= c != '/' && c != '\\' && c != ':' && c >= ' ';
    }
    return plain;
  }

  /** Whether a name is a path down from a directory: plain names with slashes between them. */
  static boolean isPath(String path) {
    for (String name : path.split("/", -1)) {
      if (!isFile(name)) {
        return false;
      }
    }
    return true;
  }
}
