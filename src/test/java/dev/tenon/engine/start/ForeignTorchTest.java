package dev.tenon.engine.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Tenon;
import dev.tenon.TenonException;
import dev.tenon.engine.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another engine's libtorch in the process, in either order; here a library of that name alone. */
class ForeignTorchTest {
  private static final Path CHECKPOINT =
      Path.of("src/test/resources/scenarios/gemma2-tied-source-only");

  @TempDir private Path directory;
  private Path foreign;

  @BeforeEach
  void makeLibrary() throws IOException {
    assumeThat(Path.of("/proc/self/maps")).as("the system says what is mapped").exists();
    Path any = Path.of(System.getProperty("java.home"), "lib", "libverify.so");
    assumeThat(any).exists();
    foreign = Files.copy(any, directory.toRealPath().resolve("libtorch_cpu.so"));
  }

  @Test
  void besideOneThatIsThereNoneIsLoaded() throws Exception {
    assertThat(said("first"))
        .startsWith("Another libtorch is loaded in this process, and two of them end it: library=")
        .contains("library=" + foreign + ", remedy=");
  }

  @Test
  void oneThatComesLaterIsWarnedOfByEachLoadFromThenOn() throws Exception {
    String warning = "[Another libtorch came into this process after Tenon's";
    String[] loads = said("later").split(" then ");
    assertThat(loads).hasSize(4);
    assertThat(loads[0]).isEqualTo("[]");
    assertThat(loads[1]).isEqualTo("[]");
    assertThat(loads[2]).startsWith(warning).contains("library=" + foreign + ", remedy=");
    assertThat(loads[3]).isEqualTo(loads[2]);
  }

  private String said(String order) throws Exception {
    return new ChildJvm(directory, Map.of(), "-Xmx256m").run(Child.class, order, foreign);
  }

  /** Libraries stay in a process, so that this takes one of its own. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) {
      String before = args[0].equals("later") ? warnings() + " then " + warnings() + " then " : "";
      System.load(args[1]);
      try {
        System.out.println(before + warnings() + " then " + warnings());
      } catch (TenonException e) {
        System.out.println(e.getMessage());
      }
    }

    private static List<String> warnings() {
      try (Model model = Tenon.load(CHECKPOINT, LoadOptions.defaults())) {
        return model.report().warnings();
      }
    }
  }
}
