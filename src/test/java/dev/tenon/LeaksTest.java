package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.engine.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thousand loads and closes, half of which fail, leave nothing: checked after each. In a process
 * of its own, whose numbers are of nothing else. {@code -Dtenon.loads=N} does more.
 */
@EnabledOnOs(OS.LINUX)
class LeaksTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");
  private static final List<String> MODELS =
      List.of(
          "gemma2-tied-source-only",
          "gemma2-some-missing",
          "gemma2-tied-both-different",
          "gemma2-wrong-shape",
          "siglip-bin-views",
          "bloom-sharded-bin");

  @TempDir private Path directory;

  @Test
  void nativeMemoryAndFileMapsStayFlat() throws Exception {
    for (String model : MODELS) {
      copy(SCENARIOS.resolve(model), Files.createDirectories(directory.resolve(model)));
    }
    String said =
        new ChildJvm(
                directory,
                Map.of(),
                "-Xms128m",
                "-Xmx128m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.util.concurrent.ForkJoinPool.common.parallelism=1")
            .run(
                Leaks.class,
                directory,
                System.getProperty("tenon.loads", "1000"),
                System.getProperty("tenon.seed", "1"));
    assertThat(said).startsWith("loads=");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}
