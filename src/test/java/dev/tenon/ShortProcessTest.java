package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that begins and ends quickly still says all it has to, and its status. */
class ShortProcessTest {
  private static final int STATUS = 7;
  private static final Path MAPS = Path.of("/proc/self/maps");

  @Test
  void withoutLibtorchNothingChanges() throws Exception {
    assertThat(said("")).containsExactly("body", "hook");
  }

  @Test
  void whatWasBegunNeedNotBeUsed() throws Exception {
    assertThat(said("", "quickly")).containsExactly("body", "hook");
  }

  /** A checkpoint that is none is refused while libtorch is on its way. */
  @ParameterizedTest
  @ValueSource(strings = {"src/test/resources/scenarios/llama-sharded", "src/test/resources"})
  void afterALoadAndInTheMiddleOfOne(String path) throws Exception {
    assertThat(said(path)).containsExactly("body", "hook");
    assertThat(said(path, "quickly")).containsExactly("body", "hook");
  }

  /** What JavaCPP loads of OpenBLAS for its binding alone. */
  @Test
  void onlyAProcessThatComputesHasABindingOfBlas() throws Exception {
    assumeTrue(Files.exists(MAPS), "the system does not say what is mapped");
    String checkpoint = "src/test/resources/scenarios/llama-sharded";
    assertThat(said(checkpoint, "maps")).contains("jniopenblas");
    assertThat(said(checkpoint, "quickly", "maps")).containsExactly("body", "hook");
  }

  private static Stream<String> said(String... args) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dslf4j.internal.verbosity=ERROR");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Child.class.getName()));
    command.addAll(List.of(args));
    Process child =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(child.waitFor()).isEqualTo(STATUS);
    return said.lines();
  }

  /** Ends with a status and a hook. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException {
      List<String> how = List.of(args).subList(1, args.length);
      if (how.contains("quickly")) {
        Tenon.startQuickly();
      }
      Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
      if (!args[0].isEmpty()) {
        try {
          Tenon.load(Path.of(args[0]), LoadOptions.defaults()).close();
        } catch (TenonException e) {
          System.err.println(e.getMessage());
        }
      }
      if (how.contains("maps") && Files.readString(MAPS).contains("jniopenblas")) {
        System.out.println("jniopenblas");
      }
      Tenon.endQuickly();
      System.out.println("body");
      System.exit(STATUS);
    }
  }
}
