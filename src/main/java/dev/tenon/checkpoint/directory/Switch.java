package dev.tenon.checkpoint.directory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Exchanges several files of a directory in one step. Each name first becomes a link that leads
 * through one more link, {@code now}, to the file that was there; then {@code now} is turned from
 * the old files to the new ones by one rename; then each name becomes its new file. A name on one
 * side only is a link that leads nowhere on the other, which readers take for absent. So whoever
 * reads the directory, at any moment, sees all files old or all new.
 */
public final class Switch {
  private static final String OLD = "old";
  private static final String NOW = "now";
  private static final Path LINKS = Path.of(Staging.NAME, NOW);

  /** Names that may be exchanged, and so may be links after a kill. */
  public static final List<String> NAMES =
      List.of(
          "config.json",
          "generation_config.json",
          "hf_quant_config.json",
          "skeleton.json",
          WeightNames.SINGLE,
          WeightNames.INDEX);

  private Switch() {}

  /** Whether a path is a link into a switch that leads nowhere: a name that is not there now. */
  static boolean isAbsent(Path path) {
    try {
      return isLink(path) && !Files.exists(path);
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isLink(Path path) throws IOException {
    return Files.isSymbolicLink(path) && Files.readSymbolicLink(path).startsWith(LINKS);
  }

  /**
   * Makes files take the places of others; the last thing it does is the one step that counts.
   *
   * @param names those whose new file is in the staging directory's subdirectory {@code fresh}, or
   *     is not there, if the name is to go
   * @param fresh name of that subdirectory
   */
  public static void exchange(Staging staging, Set<String> names, String fresh) throws IOException {
    Path directory = staging.directory();
    Path old = Files.createDirectory(staging.resolve(OLD));
    for (String name : names) {
      keep(directory.resolve(name), old.resolve(name));
    }
    Files.createSymbolicLink(staging.resolve(NOW), Path.of(OLD));
    for (String name : names) {
      Path link = staging.resolve("link");
      Files.createSymbolicLink(link, LINKS.resolve(name));
      Durable.replace(link, directory.resolve(name));
    }
    Durable.force(directory);
    Path turned = Files.createSymbolicLink(staging.resolve("turned"), Path.of(fresh));
    Durable.force(staging.resolve(""));
    Durable.replace(turned, staging.resolve(NOW));
  }

  /**
   * A second name for a file; a link is followed, since its target may be meant from where it is.
   */
  private static void keep(Path file, Path kept) throws IOException {
    if (Files.isSymbolicLink(file)) {
      Files.createSymbolicLink(
          kept, file.toAbsolutePath().getParent().resolve(Files.readSymbolicLink(file)));
    } else if (Files.exists(file)) {
      Files.createLink(kept, file);
    }
  }

  /** Puts files in the place of all links a switch made, the ones they lead to now. */
  public static void settle(Path directory) throws IOException {
    boolean settled = false;
    for (String name : NAMES) {
      Path path = directory.resolve(name);
      if (!isLink(path)) {
        continue;
      }
      Path target = directory.resolve(Files.readSymbolicLink(path));
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        Path file = directory.resolve(Staging.NAME).resolve("settled");
        Files.deleteIfExists(file);
        Files.createLink(file, target);
        Durable.replace(file, path);
      } else {
        Files.delete(path);
      }
      settled = true;
    }
    if (settled) {
      Durable.force(directory);
    }
  }
}
