package dev.tenon.cli.output;

import dev.tenon.LoadProgress;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far a load is, once it has taken a second: a bar where stderr is a terminal, which
 * leaves nothing behind, else a line a second. A phase of few bytes is over before it can be read.
 */
public final class Progress implements LoadProgress, AutoCloseable {
  private static final long INTERVAL_NANOS = 1_000_000_000;
  private static final int WIDTH = 80;

  /** Phases of fewer bytes are not shown. */
  private static final long WORTH_SHOWING = 16_000_000;

  private final PrintStream err;
  private final boolean terminal;
  private final LongSupplier clock;
  private long nextNanos;
  private @Nullable ProgressBar bar;
  private boolean finished;
  private String phase = "";
  private long phaseNanos;
  private long phaseDone;

  Progress(PrintStream err, boolean terminal, LongSupplier clock) {
    this.err = err;
    this.terminal = terminal;
    this.clock = clock;
    this.nextNanos = clock.getAsLong() + INTERVAL_NANOS;
  }

  /** Progress of a load that begins now. */
  public static Progress to(PrintStream err) {
    return new Progress(err, stderrIsTerminal(), System::nanoTime);
  }

  @Override
  public synchronized void update(String phase, long done, long total) {
    long now = clock.getAsLong();
    if (!phase.equals(this.phase)) {
      this.phase = phase;
      phaseNanos = now;
      phaseDone = done;
    }
    if (finished || total < WORTH_SHOWING || now - nextNanos < 0) {
      return;
    }
    if (terminal) {
      bar().setExtraMessage(phase).maxHint(total).stepTo(done);
    } else {
      nextNanos = now + INTERVAL_NANOS;
      err.printf(
          "%s: %s of %s%s%n", phase, Units.bytes(done), Units.bytes(total), pace(now, done, total));
    }
  }

  /** Bytes a second since the phase began, and how long that will take for the rest. */
  private String pace(long now, long done, long total) {
    if (done <= phaseDone || now <= phaseNanos) {
      return "";
    }
    double millis = (now - phaseNanos) / 1e6;
    long bytes = done - phaseDone;
    long left = (long) Math.ceil((total - done) * millis / bytes / 1000);
    return ", " + Units.rate(bytes, millis) + ", " + Units.seconds(left) + " left";
  }

  @Override
  public void close() {
    finish();
  }

  /** Takes the bar away, so that what follows begins on a clean line. */
  public synchronized void finish() {
    finished = true;
    if (bar != null) {
      bar.close();
      bar = null;
      err.print("\r" + " ".repeat(WIDTH) + "\r");
      err.flush();
    }
  }

  private ProgressBar bar() {
    if (bar == null) {
      bar = Line.bar(err);
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

  /**
   * The library would end a bar's line; a bar that is done shall leave none. All that is said to
   * the library is said here, so that its classes are read when there is a bar.
   */
  private static final class Line extends ConsoleProgressBarConsumer {
    private Line(PrintStream err) {
      super(err, WIDTH);
    }

    static ProgressBar bar(PrintStream err) {
      return new ProgressBarBuilder()
          .setTaskName("tenon")
          .setUnit(" MB", 1_000_000)
          .setStyle(ProgressBarStyle.ASCII)
          .showSpeed()
          .setConsumer(new Line(err))
          .build();
    }

    @Override
    public void close() {}
  }
}
