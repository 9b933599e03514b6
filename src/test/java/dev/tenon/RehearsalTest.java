package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.engine.ChildJvm;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rehearsal has classes loaded that a load needs, and leaves nothing else behind. */
class RehearsalTest {
  private static final Path MODEL = Path.of("src/test/resources/scenarios/llama-sharded");

  @TempDir private Path directory;

  @Test
  void nothingIsLeft() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("temporary"));
    String counts =
        new ChildJvm(directory, Map.of(), "-Xmx256m", "-Djava.io.tmpdir=" + temporary)
            .run(Child.class, MODEL);

    assertThat(counts.split(" ")).hasSize(2);
    int first = Integer.parseInt(counts.split(" ")[0]);
    int after = Integer.parseInt(counts.split(" ")[1]);
    assertThat(first).as("classes a rehearsal loads").isGreaterThan(500);
    assertThat(after).as("classes the first load still needs").isLessThan(first / 10);
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left.map(Path::getFileName).map(Path::toString))
          .noneMatch(name -> name.startsWith("tenon"));
    }
  }

  @Test
  void aDirectoryThatIsNotThere() {
    assertThatThrownBy(
            () ->
                new ChildJvm(directory, Map.of(), "-Djava.io.tmpdir=/nowhere")
                    .run(Child.class, MODEL))
        .hasMessageContaining("Cannot rehearse: directory=/nowhere");
  }

  /** Counts classes: those a rehearsal loads, and those a load after it does. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) {
      Pointer.maxBytes(); // JavaCPP's own.
      long[] loaded = new long[3];
      loaded[0] = classes();
      Tenon.rehearse();
      long bytes = Pointer.totalBytes();
      loaded[1] = classes();
      Tenon.load(Path.of(args[0]), LoadOptions.defaults()).close();
      loaded[2] = classes();
      if (Pointer.totalBytes() > bytes) {
        throw new AssertionError("bytes=" + Pointer.totalBytes() + ", after rehearsal=" + bytes);
      }
      System.out.println((loaded[1] - loaded[0]) + " " + (loaded[2] - loaded[1]));
    }

    private static long classes() {
      return ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount();
    }
  }
}
