package dev.tenon.skeleton.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A family somebody else wrote: one file and one line, in a jar of its own. */
class FamilyJarTest {
  private static final Path SOURCE = Path.of("src/test/resources/family/TinyLm.java");
  private static final String LINE = "example.TinyLm";

  @TempDir private Path dir;

  @Test
  void aFamilyInAJarOfItsOwnIsFound() throws Exception {
    String classPath = System.getProperty("java.class.path") + File.pathSeparator + jar();
    Path config = Files.writeString(dir.resolve("config.json"), "{\"model_type\": \"tiny_lm\"}");
    Path out = dir.resolve("stdout");
    Process java =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    classPath,
                    "dev.tenon.cli.Main",
                    "skeleton",
                    config.toString(),
                    "--class",
                    "TinyLmForCausalLM",
                    "--json"))
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(java.waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(java.exitValue()).isZero();
      assertThat(Files.readString(out).replaceAll("\\s", ""))
          .contains("{\"name\":\"model.layers.1.proj.weight\",\"shape\":[64,64]")
          .contains("\"tied\":{\"lm_head.weight\":\"model.embed_tokens.weight\"}");
    } finally {
      java.destroyForcibly();
    }
  }

  @Test
  void theReadmeShowsThisVeryFamily() throws IOException {
    assertThat(Files.readString(Path.of("README.md"))).contains(Files.readString(SOURCE));
  }

  private Path jar() throws IOException {
    Path classes = dir.resolve("classes");
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "-cp",
                System.getProperty("java.class.path"),
                "-proc:none",
                "-d",
                classes.toString(),
                SOURCE.toString());
    assertThat(status).isZero();
    Path jar = dir.resolve("tiny-lm.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(file)) {
      entries.putNextEntry(new JarEntry("META-INF/services/dev.tenon.skeleton.build.Family"));
      entries.write(LINE.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      entries.putNextEntry(new JarEntry("example/TinyLm.class"));
      Files.copy(classes.resolve("example/TinyLm.class"), entries);
    }
    return jar;
  }
}
