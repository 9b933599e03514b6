package dev.tenon.cli;

import dev.tenon.LoadProgress;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far a load is, once it has taken a second: a bar where stderr is a terminal, else a
 * line a second.
 */
final class Progress implements LoadProgress, AutoCloseable {
  private static final long INTERVAL_NANOS = 1_000_000_000;
  private static final int WIDTH = 80;

  private final PrintStream err;
  private final boolean quiet;
  private final boolean terminal;
  private long nextNanos = System.nanoTime() + INTERVAL_NANOS;
  private @Nullable ProgressBar bar;
  private boolean finished;

  private Progress(PrintStream err, boolean quiet, boolean terminal) {
    this.err = err;
    this.quiet = quiet;
    this.terminal = terminal;
  }

  static Progress to(PrintStream err, boolean quiet) {
    return new Progress(err, quiet, stderrIsTerminal());
  }

  @Override
  public synchronized void update(String phase, long done, long total) {
    if (quiet || finished || System.nanoTime() < nextNanos) {
      return;
    }
    if (terminal) {
      bar().setExtraMessage(phase).maxHint(total).stepTo(done);
    } else {
      nextNanos = System.nanoTime() + INTERVAL_NANOS;
      err.printf(Locale.ROOT, "%s: %s of %s%n", phase, Units.bytes(done), Units.bytes(total));
    }
  }

  @Override
  public void close() {
    finish();
  }

  /** Ends the bar, so that nothing is drawn into what follows. */
  synchronized void finish() {
    finished = true;
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  private ProgressBar bar() {
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("tenon")
              .setUnit(" MB", 1_000_000)
              .setStyle(ProgressBarStyle.ASCII)
              .setConsumer(new ConsoleProgressBarConsumer(err, WIDTH))
              .build();
    }
    return bar;
  }

  /** The JDK can tell this of stdin and stdout together only; the kernel says it of stderr. */
  private static boolean stderrIsTerminal() {
    try {
      Path target = Files.readSymbolicLink(Path.of("/proc/self/fd/2"));
      return target.startsWith("/dev/pts") || target.toString().startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return System.console() != null;
    }
  }
}
