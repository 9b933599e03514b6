package dev.tenon.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryLimitTest {
  @TempDir private Path directory;

  @Test
  void theTightestGroupCountsAndFilesInMemoryDoNot() throws IOException {
    group("slice", "memory.max", "max", "memory.current", "700", "memory.stat", "active_file 1\n");
    String stat = "anon 500\ninactive_file 60\nactive_file 40\n";
    group("slice/pod", "memory.max", "1000", "memory.current", "600", "memory.stat", stat);
    assertThat(limit("0::/slice/pod/none"))
        .isEqualTo(new MemoryLimit(directory.resolve("slice/pod"), 1000, 500));
  }

  @Test
  void theFirstVersionHasOtherNames() throws IOException {
    String stat = "active_file 5\ntotal_inactive_file 60\ntotal_active_file 40\n";
    group(
        "memory/a",
        "memory.limit_in_bytes",
        "1000",
        "memory.usage_in_bytes",
        "600",
        "memory.stat",
        stat);
    assertThat(limit("4:cpu,memory:/a\n0::/")).extracting(MemoryLimit::free).isEqualTo(500L);
  }

  @Test
  void withoutALimitThereIsNone() throws IOException {
    assertThat(limit("0::/")).isNull();
    assertThat(MemoryLimit.find(directory.resolve("none"), directory)).isNull();
  }

  @Test
  void whatItLeavesIsNotExceeded() {
    MemoryLimit limit = new MemoryLimit(directory, 1000, 500);
    Preflight.check(500, limit);
    Preflight.check(501, null);
    assertThatThrownBy(() -> Preflight.check(501, limit))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("needed=501, free=500, limit=1000")
        .hasMessageContaining("remedy=");
  }

  private MemoryLimit limit(String ofProcess) throws IOException {
    return MemoryLimit.find(Files.writeString(directory.resolve("cgroup"), ofProcess), directory);
  }

  private void group(String name, String... files) throws IOException {
    Path group = Files.createDirectories(directory.resolve(name));
    for (int i = 0; i < files.length; i += 2) {
      Files.writeString(group.resolve(files[i]), files[i + 1]);
    }
  }
}
