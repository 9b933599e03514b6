package dev.tenon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An application that is a module of its own, compiled and run against this build. {@code
 * --add-modules} is needed because nothing requires the modules that hold the natives.
 */
class ModulePathTest {
  private static final Path BUILD = Path.of("target").toAbsolutePath();
  private static final String LIBRARIES =
      BUILD.resolve("classes") + File.pathSeparator + BUILD.resolve("lib");

  private static final String MODULE = "module app { requires dev.tenon; }";
  private static final String APP =
      """
      package app;

      import dev.tenon.LoadOptions;
      import dev.tenon.Model;
      import dev.tenon.Tenon;
      import java.nio.file.Path;
      import org.bytedeco.pytorch.Tensor;

      public class App {
        public static void main(String[] args) {
          try (Model model = Tenon.load(Path.of(args[0]), LoadOptions.defaults())) {
            Tensor head = model.tensor("lm_head.weight");
            System.out.print(App.class.getModule() + ": " + head.numel() + model.tied());
          }
        }
      }
      """;

  @TempDir private Path dir;

  @BeforeEach
  void compile() throws IOException {
    Path module = Files.writeString(dir.resolve("module-info.java"), MODULE);
    Path app = Files.writeString(dir.resolve("App.java"), APP);
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "-p",
                LIBRARIES,
                "-d",
                dir.resolve("out").toString(),
                module.toString(),
                app.toString());
    assertThat(status).isZero();
  }

  @Test
  void aModuleLoadsACheckpointWithoutAWarning() throws Exception {
    Path out = dir.resolve("stdout");
    Path err = dir.resolve("stderr");
    Process java =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-p",
                    dir.resolve("out") + File.pathSeparator + LIBRARIES,
                    "--add-modules=ALL-MODULE-PATH",
                    "--enable-native-access=org.bytedeco.javacpp,org.bytedeco.pytorch,dev.tenon",
                    "-m",
                    "app/app.App",
                    "src/test/resources/scenarios/gemma2-tied-source-only"))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(java.waitFor(2, MINUTES)).isTrue();
      assertThat(Files.readString(err, UTF_8)).isEmpty();
      assertThat(Files.readString(out, UTF_8))
          .isEqualTo("module app: 2328[[model.embed_tokens.weight, lm_head.weight]]");
      assertThat(java.exitValue()).isZero();
    } finally {
      java.destroyForcibly();
    }
  }
}
