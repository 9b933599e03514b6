package dev.tenon.engine;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A copy never depends on its files once it is made, and while it is made never dies of what
 * happens to them. In a process of its own, since what this guards against ends a process. {@code
 * -Dtenon.changes=N} does more rounds, {@code -Dtenon.seed=N} other ones.
 */
class ChangingFilesTest {
  @TempDir private Path directory;

  @Test
  void aCopyIsRightOrRefusedWhateverHappensToItsFiles() throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + directory.resolve("crash.log"),
                "-cp",
                System.getProperty("java.class.path"),
                ChangingFiles.class.getName(),
                directory.toString(),
                System.getProperty("tenon.changes", "300"),
                System.getProperty("tenon.seed", "1")));
    Path output = directory.resolve("out");
    Process java =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(java.waitFor(5, MINUTES)).isTrue();
      String said = Files.readString(output);
      assertThat(java.exitValue()).as(said).isZero();
      assertThat(said).contains("right after cut", "refused after cut", "refused after write");
      System.out.println("ChangingFilesTest: " + said.lines().reduce((a, b) -> b).orElse(""));
    } finally {
      java.destroyForcibly();
    }
  }
}
