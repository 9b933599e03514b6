package dev.tenon.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A copy never depends on its files once it is made, and while it is made never dies of what
 * happens to them. In a process of its own, since what this guards against ends a process. {@code
 * -Dtenon.changes=N} does more rounds, {@code -Dtenon.seed=N} other ones.
 */
class ChangingFilesTest {
  @TempDir private Path directory;

  @Test
  void aCopyIsRightOrRefusedWhateverHappensToItsFiles() throws Exception {
    String said =
        new ChildJvm(directory, Map.of(), "-Xmx256m")
            .run(
                ChangingFiles.class,
                directory,
                System.getProperty("tenon.changes", "300"),
                System.getProperty("tenon.seed", "1"));
    assertThat(said).contains("right after cut", "refused after cut", "refused after write");
  }
}
