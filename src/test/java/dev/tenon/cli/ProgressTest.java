package dev.tenon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(written);
  private long nanos;

  @Test
  void aQuickLoadPrintsNothing() {
    try (Progress progress = new Progress(err, false, () -> nanos)) {
      nanos += 999_000_000;
      progress.update("read", 5, 10);
    }
    assertThat(written.toString()).isEmpty();
  }

  @Test
  void aLongLoadPrintsALineASecond() {
    try (Progress progress = new Progress(err, false, () -> nanos)) {
      for (int i = 0; i < 5; i++) {
        nanos += 500_000_000;
        progress.update("read", i * 1_000_000_000L, 5_000_000_000L);
      }
    }
    assertThat(written.toString().lines())
        .containsExactly("read: 1.00 GB of 5.00 GB", "read: 3.00 GB of 5.00 GB");
  }

  @Test
  void aTerminalGetsABarThatEndsItsLine() {
    try (Progress progress = new Progress(err, true, () -> nanos)) {
      nanos += 1_000_000_000;
      progress.update("init", 1_000_000, 4_000_000);
    }
    assertThat(written.toString()).contains("init").contains("25%").endsWith("\n");
  }

  @Test
  void nothingIsPrintedAfterTheEnd() {
    Progress progress = new Progress(err, false, () -> nanos);
    progress.finish();
    nanos += 2_000_000_000;
    progress.update("read", 1, 2);

    assertThat(written.toString()).isEmpty();
  }
}
