package dev.tenon.cli;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that need no tensors load no class of libtorch or of what else is slow to start. */
class NoLibtorchTest {
  private static final Path CHECKPOINT =
      Path.of("src/test/resources/scenarios/gemma2-some-missing");

  @ParameterizedTest
  @ValueSource(strings = {"skeleton", "plan", "inspect", "verify", "verify --nan", "digest"})
  void loadsNoClassOfLibtorch(String command, @TempDir Path dir) throws Exception {
    Path classes = dir.resolve("classes.log");
    Process java =
        new ProcessBuilder(
                Stream.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load:file=" + classes,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        command,
                        CHECKPOINT.toString())
                    .flatMap(word -> Stream.of(word.split(" ")))
                    .toList())
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("out").toFile())
            .start();
    try {
      assertThat(java.waitFor(1, MINUTES)).isTrue();
      assertThat(java.exitValue()).as(Files.readString(dir.resolve("out"))).isZero();
      assertThat(Files.readString(classes))
          .contains("dev.tenon.cli.Main")
          .doesNotContain(
              "org.bytedeco", "dev.tenon.engine.Engine", "jdk.jfr.internal", "java.net.http");
    } finally {
      java.destroyForcibly();
    }
  }
}
