package dev.tenon.engine.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tenon.TenonException;
import dev.tenon.engine.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two builds of libtorch in one process abort it, so none is loaded, now or later. */
class RefusedStartTest {
  private static final Path MAPS = Path.of("/proc/self/maps");

  @TempDir private Path directory;

  @Test
  void whatIsRefusedIsNotLoadedAfterwards() throws Exception {
    assumeThat(MAPS).as("the system says what is mapped").exists();
    String platform = Loader.getPlatform();
    String other = TorchBuilds.has(getClass().getClassLoader(), platform) ? "-gpu" : "";
    Path build = directory.resolve("org/bytedeco/pytorch/" + platform + other);
    Files.createDirectories(build);
    Files.createFile(build.resolve("libtorch_cpu.so"));
    ChildJvm child =
        new ChildJvm(directory, Map.of(), "-Xmx256m", "-Xbootclasspath/a:" + directory);
    assertThat(child.run(Child.class)).isEqualTo("refused, not loaded");
  }

  /** Libtorch is there once in a process, so that this takes one of its own. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws Exception {
      String first = "loaded";
      try {
        TorchRuntime.require();
      } catch (TenonException e) {
        first = e.getMessage().startsWith("Two builds") ? "refused" : e.getMessage();
      }
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        if (thread.getName().equals("tenon-libtorch")) {
          thread.join();
        }
      }
      boolean mapped = Files.readString(MAPS).contains("libtorch");
      System.out.println(first + (mapped ? ", loaded" : ", not loaded"));
    }
  }
}
