package dev.tenon.checkpoint;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.directory.Links;
import dev.tenon.checkpoint.directory.WeightFiles;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What tells one state of a whole checkpoint from another without opening a file: the stamps of all
 * files in its directory that weights, an index, a config or a skeleton go by. Symbolic links are
 * followed, so that one that leads elsewhere changes it.
 *
 * @param files a stamp for each file that is there
 */
public record CheckpointStamp(Map<Path, FileStamp> files) {
  private static final Set<String> DESCRIPTIONS = Set.of("config.json", "skeleton.json");

  /** Copies the map. */
  public CheckpointStamp {
    files = Map.copyOf(files);
  }

  /**
   * The stamp as of now; of no files if there is nothing.
   *
   * @param path a directory, or a weight file, or an index of shards
   */
  public static CheckpointStamp of(Path path) {
    Path absolute = path.toAbsolutePath();
    boolean isDirectory = Files.isDirectory(absolute);
    Map<Path, FileStamp> files = new HashMap<>();
    if (!isDirectory) {
      put(absolute, files);
    }
    Path directory = isDirectory ? place(absolute) : absolute.getParent();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, CheckpointStamp::counts)) {
      all.forEach(file -> put(file, files));
    } catch (IOException | DirectoryIteratorException e) {
      // A directory that is not there, or goes away now, has no files.
      return new CheckpointStamp(Map.of());
    }
    return new CheckpointStamp(files);
  }

  private static Path place(Path directory) {
    try {
      return WeightFiles.place(directory);
    } catch (TenonException e) {
      return directory; // The load that follows says what is wrong.
    }
  }

  private static boolean counts(Path file) {
    return WeightFiles.looksLikeOne(file) || DESCRIPTIONS.contains(file.getFileName().toString());
  }

  private static void put(Path file, Map<Path, FileStamp> files) {
    try {
      files.put(file, FileStamp.of(file));
    } catch (IOException e) {
      // What went away, or is a link to nothing, is not there.
      files.remove(file);
    }
  }

  /**
   * The directories whose entries decide what the stamp of a path is: those the files lie in, and
   * those of each symbolic link on the way to them.
   *
   * @param path as for {@link #of}
   * @return real paths of directories that exist
   */
  public Set<Path> directories(Path path) {
    Set<Path> directories = new TreeSet<>();
    // A file that need not be there: its place is the directory's own entries.
    Links.follow(Files.isDirectory(path) ? path.resolve("config.json") : path, directories);
    files.keySet().forEach(file -> Links.follow(file, directories));
    return directories;
  }
}
