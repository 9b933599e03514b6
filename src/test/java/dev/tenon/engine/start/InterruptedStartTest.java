package dev.tenon.engine.start;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.engine.ChildJvm;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thread that is interrupted while it waits for libtorch does not wait for it. */
class InterruptedStartTest {
  @TempDir private Path directory;

  @Test
  void theWaitEndsAndTheNextOneWorks() throws Exception {
    assertThat(new ChildJvm(directory, Map.of(), "-Xmx256m").run(Child.class))
        .isEqualTo("interrupted, then loaded");
  }

  /** Libtorch is there once in a process, so that this takes one of its own. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws InterruptedException {
      Thread.currentThread().interrupt();
      String first = "waited";
      try {
        TorchRuntime.require();
      } catch (InterruptedException e) {
        first = "interrupted";
      }
      TorchRuntime.require();
      System.out.println(first + ", then loaded");
    }
  }
}
