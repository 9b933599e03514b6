package dev.tenon.nativecore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Tells the folders that nobody else may write to. */
public final class OwnFolder {
  private static final int ROOT = 0;
  private static final int GROUP_WRITES = 0020;
  private static final int OTHERS_WRITE = 0002;
  private static final int STICKY = 01000;

  private OwnFolder() {}

  /**
   * Whether nobody but this process's user and root can put something else in a folder, or another
   * folder in its place: those two own it and all above it, and others may write to none of them,
   * save to one above whose entries are their owners' alone, as {@code /tmp}'s are. A group may if
   * it is root's or the user's own.
   *
   * @param folder that exists
   * @return false too where the system does not tell
   */
  public static boolean is(Path folder) {
    try {
      int user = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      Path real = folder.toRealPath();
      for (Path at = real; at != null; at = at.getParent()) {
        if (!isSafe(at, user, at.equals(real))) {
          return false;
        }
      }
      return true;
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isSafe(Path folder, int user, boolean isLast) throws IOException {
    Map<String, Object> is = Files.readAttributes(folder, "unix:uid,gid,mode");
    int owner = (int) is.get("uid");
    int group = (int) is.get("gid");
    int mode = (int) is.get("mode");
    if (owner != user && owner != ROOT) {
      return false;
    }
    boolean othersWrite =
        (mode & OTHERS_WRITE) != 0 || (mode & GROUP_WRITES) != 0 && group != ROOT && group != owner;
    return !othersWrite || !isLast && (mode & STICKY) != 0;
  }
}
