package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever ends a save, the directory is as it was, nothing is left beside it, and the model can be
 * saved again.
 */
class SaveFaultsTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");

  /** The smaller one, which is there before. */
  private static final Path OLD = SCENARIOS.resolve("gemma2-bf16-auto");

  private static final Path NEW = SCENARIOS.resolve("mixtral-experts-separate");

  /** Enough for either, not for both. */
  private static final int ROOM_BYTES = 160 << 10;

  private static final SaveOptions SHARDS = SaveOptions.defaults().maxShardBytes(40_000);

  @TempDir private Path dir;

  @Test
  void anInterruptAtEveryStep() throws IOException {
    Path target = dir.resolve("model");
    saveOld(target);
    Map<String, Long> before = contents(target);
    try (Model model = Tenon.load(NEW, LoadOptions.defaults())) {
      int steps = steps(model);
      for (int step = 0; step < steps; step += Math.max(1, steps / 20)) {
        int last = step;
        int[] seen = {0};
        SaveProgress interrupter =
            (done, total) -> {
              if (seen[0]++ == last) {
                Thread.currentThread().interrupt();
              }
            };
        assertThatThrownBy(() -> model.save(target, SHARDS.progress(interrupter)))
            .isInstanceOf(TenonException.class)
            .hasMessage("Save was interrupted: directory=" + target);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(contents(target)).isEqualTo(before);
      }
      assertStillSaves(model);
    }
  }

  @Test
  void aListenerThatFails() throws IOException {
    Path target = dir.resolve("model");
    saveOld(target);
    Map<String, Long> before = contents(target);
    try (Model model = Tenon.load(NEW, LoadOptions.defaults())) {
      SaveProgress failing =
          (done, total) -> {
            if (done > total / 2) {
              throw new IllegalStateException("no more to say");
            }
          };
      assertThatThrownBy(() -> model.save(target, SHARDS.progress(failing)))
          .isInstanceOf(TenonException.class)
          .hasMessageMatching("Saving failed: tensor=model\\..*, reason=no more to say");
      assertThat(contents(target)).isEqualTo(before);
      assertStillSaves(model);
    }
  }

  @Test
  void aDiskThatIsFull() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(dir.resolve("full"), ROOM_BYTES);
        Model model = Tenon.load(NEW, LoadOptions.defaults())) {
      Path target = disk.path();
      saveOld(target);
      Map<String, Long> before = contents(target);

      assertThatThrownBy(() -> model.save(target, SHARDS))
          .isInstanceOf(TenonException.class)
          .hasMessageContaining("The checkpoint cannot be saved: directory=" + target)
          .hasMessageContaining("No space left on device");

      assertThat(contents(target)).isEqualTo(before);
      try (Model old = Tenon.load(target, LoadOptions.defaults())) {
        assertThat(old.report().missing()).isEmpty();
      }
      assertStillSaves(model);
    }
  }

  @Test
  void aDirectoryThatMayNotBeWritten() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(dir.resolve("protected"), ROOM_BYTES);
        Model model = Tenon.load(NEW, LoadOptions.defaults())) {
      Path target = disk.path();
      saveOld(target);
      Map<String, Long> before = contents(target);
      disk.protect();

      assertThatThrownBy(() -> model.save(target, SHARDS))
          .isInstanceOf(TenonException.class)
          .hasMessageContaining("The checkpoint cannot be saved: directory=" + target)
          .hasMessageContaining("Read-only file system");

      assertThat(contents(target)).isEqualTo(before);
      assertStillSaves(model);
    }
  }

  @Test
  void aDirectoryThatBelongsToAnother() throws Exception {
    Path target = dir.resolve("model");
    saveOld(target);
    Map<String, Long> before = contents(target);
    assumeTrue(target.toFile().setWritable(false) && !Files.isWritable(target), "root may all");
    try (Model model = Tenon.load(NEW, LoadOptions.defaults())) {
      assertThatThrownBy(() -> model.save(target, SHARDS))
          .isInstanceOf(TenonException.class)
          .hasMessageContaining("AccessDenied");
      assertThat(contents(target)).isEqualTo(before);
      assertStillSaves(model);
    } finally {
      assertThat(target.toFile().setWritable(true)).isTrue();
    }
  }

  @Test
  void aFileInTheDirectorysPlace() throws IOException {
    Path target = Files.writeString(dir.resolve("model"), "mine");
    try (Model model = Tenon.load(NEW, LoadOptions.defaults())) {
      assertThatThrownBy(() -> model.save(target, SHARDS))
          .isInstanceOf(TenonException.class)
          .hasMessageContaining("directory=" + target);
    }
    assertThat(target).hasContent("mine");
  }

  private static void saveOld(Path target) {
    try (Model model = Tenon.load(OLD, LoadOptions.defaults())) {
      model.save(target, SaveOptions.defaults());
    }
  }

  private int steps(Model model) {
    List<Long> steps = new ArrayList<>();
    model.save(dir.resolve("counted"), SHARDS.progress((done, total) -> steps.add(done)));
    return steps.size();
  }

  private void assertStillSaves(Model model) {
    Path elsewhere = dir.resolve("elsewhere");
    model.save(elsewhere, SHARDS);
    Saved.assertSame(model, elsewhere);
  }

  /** Every file under a directory, hidden ones too, and when it was last written. */
  private static Map<String, Long> contents(Path directory) throws IOException {
    Map<String, Long> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(
            directory.relativize(file).toString(), Files.getLastModifiedTime(file).toMillis());
      }
    }
    return contents;
  }
}
