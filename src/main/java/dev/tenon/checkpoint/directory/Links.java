package dev.tenon.checkpoint.directory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/** The way from a path's name to its file, by as many symbolic links as there are. */
public final class Links {
  /** More links than the system itself would follow. */
  private static final int MOST = 64;

  private Links() {}

  /**
   * Walks a path as the system does, as far as it leads.
   *
   * @param directories takes the directory of each symbolic link, and that of the last name
   */
  public static void follow(Path path, Set<Path> directories) {
    Path absolute = path.toAbsolutePath();
    Deque<Path> ahead = new ArrayDeque<>();
    absolute.forEach(ahead::add);
    Path at = absolute.getRoot();
    for (int links = 0; !ahead.isEmpty() && links <= MOST; ) {
      String name = ahead.pop().toString();
      if (name.equals("..")) {
        at = at.getParent() == null ? at : at.getParent();
        continue;
      }
      Path next = at.resolve(name).normalize();
      if (ahead.isEmpty() || !Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
        directories.add(at);
      }
      if (!Files.isSymbolicLink(next)) {
        at = next;
        continue;
      }
      directories.add(at);
      links++;
      try {
        at = push(Files.readSymbolicLink(next), at, ahead);
      } catch (IOException e) {
        return; // The link went away meanwhile; a walk later on finds what is there then.
      }
    }
    directories.removeIf(directory -> !Files.isDirectory(directory));
  }

  /** Puts a link's target ahead; returns where it starts from. */
  private static Path push(Path target, Path at, Deque<Path> ahead) {
    for (int i = target.getNameCount() - 1; i >= 0; i--) {
      ahead.push(target.getName(i));
    }
    return target.isAbsolute() ? target.getRoot() : at;
  }
}
