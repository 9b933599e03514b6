package dev.tenon.cli.output;

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
      progress.update("read", 50_000_000, 100_000_000);
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
        .containsExactly(
            "read: 1.00 GB of 5.00 GB, 2.00 GB/s, 2 s left",
            "read: 3.00 GB of 5.00 GB, 2.00 GB/s, 1 s left");
  }

  @Test
  void aPhaseOfFewBytesIsNotShown() {
    try (Progress progress = new Progress(err, false, () -> nanos)) {
      nanos += 2_000_000_000;
      progress.update("init", 2, 1030);
      progress.update("read", 30_000_000, 60_000_000);
    }
    assertThat(written.toString().lines()).containsExactly("read: 30.0 MB of 60.0 MB");
  }

  @Test
  void aTerminalGetsABarThatClearsItsLine() {
    try (Progress progress = new Progress(err, true, () -> nanos)) {
      nanos += 1_000_000_000;
      progress.update("init", 10_000_000, 40_000_000);
    }
    assertThat(written.toString())
        .contains("init")
        .contains("25%")
        .doesNotContain("\n")
        .endsWith("\r" + " ".repeat(80) + "\r");
  }

  @Test
  void nothingIsPrintedAfterTheEnd() {
    Progress progress = new Progress(err, false, () -> nanos);
    progress.finish();
    nanos += 2_000_000_000;
    progress.update("read", 50_000_000, 100_000_000);

    assertThat(written.toString()).isEmpty();
  }
}
