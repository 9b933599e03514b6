package dev.tenon.nativecore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A process that ends quickly still says what it has to, and with which status it ends. */
class EndQuicklyTest {
  private static final int STATUS = 7;

  @Test
  void hooksRunAndTheStatusIsKept() throws Exception {
    assumeTrue(NativeCore.available(), "no native core here");
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(child.waitFor()).isEqualTo(STATUS);
    assertThat(said.lines()).containsExactly("body", "hook");
  }

  /** Ends with a status and a hook. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) {
      NativeCore.endQuickly(); // Changes nothing: the core is not linked.
      NativeCore.load().close();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
      NativeCore.endQuickly();
      System.out.println("body");
      System.exit(STATUS);
    }
  }
}
