package dev.tenon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the process has mapped, as Linux tells it. */
final class MappedRegions {
  private static final Path MAPS = Path.of("/proc/self/maps");

  private MappedRegions() {}

  static boolean known() {
    return Files.isReadable(MAPS);
  }

  /** How many files of a directory are mapped, one mapped twice counting twice. */
  static long of(Path directory) throws IOException {
    String inside = directory.toRealPath() + "/";
    try (Stream<String> lines = Files.lines(MAPS)) {
      return lines.filter(line -> line.contains(inside)).count();
    }
  }

  /** A copy of a checkpoint that nothing else has mapped. */
  static Path copy(Path source, Path target) throws IOException {
    try (Stream<Path> files = Files.list(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName()));
      }
    }
    return target;
  }
}
