package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
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
  private static final String CHECKPOINT = "src/test/resources/scenarios/llama-sharded";
  private static final Path TASKS = Path.of("/proc/self/task");

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
  @ValueSource(strings = {CHECKPOINT, "src/test/resources"})
  void afterALoadAndInTheMiddleOfOne(String path) throws Exception {
    String outcome = path.equals(CHECKPOINT) ? "loaded" : "refused";
    assertThat(said(path)).containsExactly(outcome, "body", "hook");
    assertThat(said(path, "quickly")).containsExactly(outcome, "body", "hook");
  }

  /** What JavaCPP loads of OpenBLAS for its binding alone. */
  @Test
  void onlyAProcessThatComputesHasABindingOfBlas() throws Exception {
    assumeTrue(Files.exists(TASKS), "the system does not say what a process is made of");
    assertThat(said(CHECKPOINT, "looking")).contains("loaded", "binding of BLAS");
    assertThat(said(CHECKPOINT, "quickly", "looking"))
        .contains("loaded")
        .doesNotContain("binding of BLAS");
  }

  /** The names of its compilers are HotSpot's own business, and no JVM need have any. */
  @Test
  void onlyAProcessThatComputesCompilesBesideTheRest() throws Exception {
    assumeTrue(Files.exists(TASKS), "the system does not say what a process is made of");
    assertThat(said(CHECKPOINT, "looking")).doesNotContain("compilers wait");
    assertThat(said(CHECKPOINT, "quickly", "looking")).contains("compilers wait");
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
          System.out.println("loaded");
        } catch (TenonException e) {
          System.out.println("refused");
        }
      }
      if (how.contains("looking")) {
        look();
      }
      Tenon.endQuickly();
      System.out.println("body");
      System.exit(STATUS);
    }

    private static void look() throws IOException {
      if (Files.readString(Path.of("/proc/self/maps")).contains("jniopenblas")) {
        System.out.println("binding of BLAS");
      }
      try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
        for (Path task : tasks) {
          String stat = Files.readString(task.resolve("stat"));
          // After the name, which may hold spaces, the state is field 3 and the nice value 19.
          String nice = stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16];
          if (stat.contains("(C1 CompilerThre)") && nice.equals("19")) {
            System.out.println("compilers wait");
          }
        }
      }
    }
  }
}
