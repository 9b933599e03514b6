package dev.tenon;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tenon.cli.Main;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths beyond ASCII, where the JVM's locale may have no characters for them. */
class LocaleTest {
  private static final Path CHECKPOINT =
      Path.of("src/test/resources/scenarios/gemma2-tied-source-only").toAbsolutePath();

  /** By a shell, and with an escape: this JVM may not be able to spell it either. */
  private static final String SCRIPT =
      """
      directory=$(printf 'mod\\303\\250le')
      cp -r "$CHECKPOINT" "$directory" || exit 9
      absolute=$PWD/$directory relative=$directory
      [ "$WHERE" = inside ] && cd "$directory" && relative=.
      eval "model=\\$$WHICH"
      exec "$JAVA" -Xmx256m --enable-native-access=ALL-UNNAMED \\
        -Dslf4j.internal.verbosity=ERROR -cp "$CLASSES" "$MAIN" load "$model"
      """;

  @TempDir private Path directory;

  @BeforeEach
  void needShell() {
    assumeThat(Path.of("/bin/sh")).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"absolute outside", "relative outside", "relative inside"})
  void whatTheLocaleCannotSpellLoadsOrIsRefusedWithTheRemedy(String spelt) throws Exception {
    Outcome outcome = load("C", spelt);
    if (outcome.status() != 0) {
      assertThat(outcome.said().lines()).hasSize(1);
      assertThat(outcome.said())
          .startsWith("tenon: The JVM's locale cannot spell the path: path=")
          .contains("sun.jnu.encoding=", "remedy=LC_ALL=C.UTF-8 in the environment");
    }
  }

  @Test
  void theRemedyIsOne() throws Exception {
    Outcome outcome = load("C.UTF-8", "absolute outside");
    assertThat(outcome.status()).as(outcome.said()).isZero();
  }

  private Outcome load(String locale, String spelt) throws Exception {
    String[] how = spelt.split(" ");
    Path output = directory.resolve("out");
    ProcessBuilder shell = new ProcessBuilder(List.of("/bin/sh", "-c", SCRIPT));
    Map<String, String> environment = shell.environment();
    environment.put("LC_ALL", locale);
    environment.put("CHECKPOINT", CHECKPOINT.toString());
    environment.put("WHICH", how[0]);
    environment.put("WHERE", how[1]);
    environment.put("JAVA", Path.of(System.getProperty("java.home"), "bin", "java").toString());
    environment.put("CLASSES", absolute(System.getProperty("java.class.path")));
    environment.put("MAIN", Main.class.getName());
    Process process =
        shell
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(5, MINUTES)).isTrue();
      byte[] said = Files.readAllBytes(output); // In the child's encoding.
      return new Outcome(process.exitValue(), new String(said, StandardCharsets.ISO_8859_1));
    } finally {
      process.destroyForcibly();
    }
  }

  /** The child works in another directory. */
  private static String absolute(String classPath) {
    StringBuilder absolute = new StringBuilder();
    for (String entry : classPath.split(File.pathSeparator)) {
      absolute.append(Path.of(entry).toAbsolutePath()).append(File.pathSeparator);
    }
    return absolute.toString();
  }

  private record Outcome(int status, String said) {}
}
