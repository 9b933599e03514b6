package dev.tenon.checkpoint;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.Tenon;
import dev.tenon.TenonException;
import dev.tenon.VerifyOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Good files, bad files and attacks are all judged with a heap of 64 MB. */
class SmallHeapTest {
  private static final List<Path> FILES =
      List.of(
          Path.of("src/test/resources/safetensors"),
          Path.of("src/test/resources/torch"),
          Path.of("src/test/resources/dev/tenon/checkpoint"));

  @TempDir private Path directory;

  @Test
  void isEnoughForEveryFile() throws Exception {
    Path out = directory.resolve("out");
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      assertThat(java.waitFor(5, MINUTES)).isTrue();
      assertThat(Files.readString(out)).matches("judged \\d{3,}\\R");
    } finally {
      java.destroyForcibly();
    }
  }

  /** Judges every file and says how many there were. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException {
      int judged = 0;
      for (Path directory : FILES) {
        try (Stream<Path> files = Files.walk(directory)) {
          for (Path file : files.filter(Files::isRegularFile).toList()) {
            try {
              Tenon.verify(file, VerifyOptions.everyValue());
            } catch (TenonException refused) {
              // A verdict too; which one is right is the other tests' matter.
            }
            judged++;
          }
        }
      }
      System.out.println("judged " + judged);
    }
  }
}
