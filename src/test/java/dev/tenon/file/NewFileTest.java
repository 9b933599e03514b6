package dev.tenon.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewFileTest {
  @TempDir private Path directory;

  @Test
  void aNameMayBeAsLongAsTheSystemAllows() throws Exception {
    for (String name :
        new String[] {"n".repeat(255), "\u00e9".repeat(127), "\ud83d\ude00".repeat(63)}) {
      Path file = directory.resolve(name);
      try (NewFile fresh = NewFile.create(file)) {
        fresh.write(out -> out.write(1));
      }
      assertThat(file).hasSize(1);
    }
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).hasSize(3);
    }
  }
}
