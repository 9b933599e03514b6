package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that ends quickly still says what it has to, and with which status it ends. */
class EndQuicklyTest {
  private static final int STATUS = 7;

  @Test
  void withoutLibtorchNothingChanges() throws Exception {
    assertThat(said("")).containsExactly("body", "hook");
  }

  /** A checkpoint that is none is refused while libtorch is on its way. */
  @ParameterizedTest
  @ValueSource(strings = {"src/test/resources/scenarios/llama-sharded", "src/test/resources"})
  void afterALoadAndInTheMiddleOfOne(String path) throws Exception {
    assertThat(said(path)).containsExactly("body", "hook");
  }

  private static Stream<String> said(String path) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dslf4j.internal.verbosity=ERROR",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                path)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(child.waitFor()).isEqualTo(STATUS);
    return said.lines();
  }

  /** Ends with a status and a hook. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
      if (!args[0].isEmpty()) {
        try {
          Tenon.load(Path.of(args[0]), LoadOptions.defaults()).close();
        } catch (TenonException e) {
          System.err.println(e.getMessage());
        }
      }
      Tenon.endQuickly();
      System.out.println("body");
      System.exit(STATUS);
    }
  }
}
