package dev.tenon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tenon.LoadOptions;
import dev.tenon.LoadProgress;
import dev.tenon.Model;
import dev.tenon.Tenon;
import dev.tenon.TenonException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An interrupt stops a load at the next step, wherever it is: what the load took is free, the
 * status is still set, and the next load is right. {@code -Dtenon.interrupts=N} does more at random
 * moments.
 */
@EnabledOnOs(OS.LINUX)
class InterruptsTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");
  private static final List<String> MODELS =
      List.of("gemma2-some-missing", "siglip-bin-views", "gemma2-tied-both-equal");
  private static final int RANDOM = Integer.getInteger("tenon.interrupts", 150);

  @TempDir private Path directory;
  private Resources before;

  @BeforeEach
  void count() throws IOException {
    Tenon.load(SCENARIOS.resolve(MODELS.get(0)), LoadOptions.defaults()).close();
    System.gc();
    before = Resources.now(directory);
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(Thread.interrupted()).isFalse();
    Resources.now(directory).requireNoMoreThan(before, "interrupts");
  }

  /** Interrupts the loading thread at one of its events, and counts those that still come. */
  private static final class AtEvent implements LoadProgress {
    private final int event;
    private final Thread loading = Thread.currentThread();
    private final AtomicInteger events = new AtomicInteger();

    AtEvent(int event) {
      this.event = event;
    }

    @Override
    public void update(String phase, long done, long total) {
      if (events.incrementAndGet() == event) {
        loading.interrupt();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(dev.tenon.Residency.class)
  void atEachEventOfALoad(dev.tenon.Residency residency) {
    for (String name : MODELS) {
      Path model = SCENARIOS.resolve(name);
      int event = 1;
      for (AtEvent interrupt = new AtEvent(event); ; interrupt = new AtEvent(++event)) {
        LoadOptions options =
            LoadOptions.builder().residency(residency).progress(interrupt).build();
        Throwable stopped = catchThrowable(() -> Tenon.load(model, options).close());
        if (interrupt.events.get() < event) {
          assertThat(stopped).isNull();
          break;
        }
        assertThat(Thread.interrupted()).as("the status").isTrue();
        // After its last event a load may well end as it would have.
        if (stopped != null) {
          assertInterrupted(stopped);
        }
      }
    }
  }

  private static void assertInterrupted(Throwable stopped) {
    assertThat(stopped)
        .isInstanceOf(TenonException.class)
        .hasMessage("Load was interrupted: thread=" + Thread.currentThread().getName());
  }

  @Test
  void beforeALoadAndWhileAnInitialiserRuns() {
    Path model = SCENARIOS.resolve(MODELS.get(0));
    LoadOptions interrupting =
        LoadOptions.builder()
            .initializer(
                (slot, tensor) -> {
                  Thread.currentThread().interrupt();
                  return false;
                })
            .build();
    for (LoadOptions options : List.of(LoadOptions.defaults(), interrupting)) {
      if (options != interrupting) {
        Thread.currentThread().interrupt();
      }
      assertInterrupted(catchThrowable(() -> Tenon.load(model, options).close()));
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void atRandomMoments() throws InterruptedException {
    Random random = new Random(Long.getLong("tenon.seed", 1));
    long usual = usual();
    int stopped = 0;
    for (int i = 0; i < RANDOM; i++) {
      Path model = SCENARIOS.resolve(MODELS.get(random.nextInt(MODELS.size())));
      var residency = dev.tenon.Residency.values()[random.nextInt(3)];
      LoadOptions options = LoadOptions.builder().residency(residency).build();
      Thread loading = Thread.currentThread();
      long delay = random.nextLong(usual);
      CountDownLatch started = new CountDownLatch(1);
      Thread other =
          new Thread(
              () -> {
                long until = System.nanoTime() + delay;
                started.countDown();
                while (System.nanoTime() < until) {
                  LockSupport.parkNanos(until - System.nanoTime());
                }
                loading.interrupt();
              });
      other.start();
      while (started.getCount() > 0) {
        Thread.onSpinWait(); // A wait would be what is interrupted.
      }
      Throwable thrown = catchThrowable(() -> Tenon.load(model, options).close());
      if (thrown != null) {
        assertInterrupted(thrown);
        stopped++;
      }
      while (!Thread.interrupted()) {
        Thread.onSpinWait();
      }
      other.join();
    }
    System.out.println("InterruptsTest: moments=" + RANDOM + ", stopped=" + stopped);
    assertThat(stopped).isPositive();
  }

  private static long usual() {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      long start = System.nanoTime();
      Tenon.load(SCENARIOS.resolve(MODELS.get(0)), LoadOptions.copy()).close();
      best = Math.min(best, System.nanoTime() - start);
    }
    return best;
  }

  /** Of 400 MB, read in steps of at most 128 MB, no more than one step follows an interrupt. */
  @ParameterizedTest
  @EnumSource(names = {"POPULATE", "COPY"})
  void ofAFileOfSeveralSteps(dev.tenon.Residency residency) throws IOException {
    Path file = zeros(directory.resolve("model.safetensors"), 100 << 20);
    AtEvent interrupt = new AtEvent(1);
    LoadOptions options = LoadOptions.builder().residency(residency).progress(interrupt).build();
    assertInterrupted(catchThrowable(() -> Tenon.load(file, options).close()));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(interrupt.events.get()).isEqualTo(1);
  }

  /** A file of one tensor of float32 zeros that take no room on the disk. */
  static Path zeros(Path file, long elements) throws IOException {
    String json =
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(elements, 4 * elements);
    // Padded, so that the data begins where float32 may.
    byte[] header = (json + " ".repeat(-json.length() & 7)).getBytes(StandardCharsets.UTF_8);
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      out.write(length.putLong(header.length).array());
      out.write(header);
      out.setLength(8 + header.length + 4 * elements);
    }
    return file;
  }

  /** Of a tensor that takes libtorch a second, and of two batches of the native core. */
  @ParameterizedTest
  @EnumSource(dev.tenon.Rng.class)
  void ofKernelsThatDrawHundredsOfMegabytes(dev.tenon.Rng rng) throws Exception {
    Path config = directory.resolve("config.json");
    Files.writeString(
        config,
        """
        {"architectures":["GPT2LMHeadModel"],"model_type":"gpt2","vocab_size":%d,"n_embd":64,\
        "n_layer":1,"n_head":1,"n_positions":16}
        """
            .formatted(rng == dev.tenon.Rng.TORCH ? 1 << 20 : (1 << 21) + 4096));
    LoadOptions options = LoadOptions.builder().rng(rng).dtype(dev.tenon.tensor.DType.BF16).build();
    Thread loading = Thread.currentThread();
    String kernel = rng == dev.tenon.Rng.TORCH ? "Elementwise" : "NativeCore";
    Thread other = new Thread(() -> interruptInside(loading, kernel));
    other.setDaemon(true);
    other.start();
    Throwable stopped = catchThrowable(() -> Tenon.init(config, options).close());
    other.join();
    assertThat(Thread.interrupted()).isTrue();
    assertInterrupted(stopped);
    // Not the check after the tensor, but one amid its pieces.
    String check = rng == dev.tenon.Rng.TORCH ? ".*Elementwise" : ".*(FillQueue|PhiloxInit)";
    assertThat(stopped.getStackTrace()).anyMatch(at -> at.getClassName().matches(check));
  }

  private static void interruptInside(Thread loading, String kernel) {
    while (loading.isAlive()) {
      for (StackTraceElement at : loading.getStackTrace()) {
        if (at.getClassName().endsWith(kernel)
            && at.getMethodName().matches("normal|drawHalf|fill")) {
          loading.interrupt();
          return;
        }
      }
      Thread.yield();
    }
  }

  @Test
  void ofAReloadThatWaitsForAnother() throws InterruptedException {
    Path model = SCENARIOS.resolve(MODELS.get(0));
    Thread waiting = Thread.currentThread();
    CountDownLatch done = new CountDownLatch(1);
    CountDownLatch inside = new CountDownLatch(1);
    LoadProgress slow =
        (phase, bytes, total) -> {
          if (inside.getCount() == 0) {
            return;
          }
          inside.countDown();
          while (waiting.getState() != Thread.State.WAITING && done.getCount() > 0) {
            Thread.yield();
          }
          waiting.interrupt();
          awaitQuietly(done);
        };
    try (var ref = new dev.tenon.watch.ModelRef(Tenon.load(model, LoadOptions.defaults()))) {
      LoadOptions options = LoadOptions.copy().toBuilder().progress(slow).build();
      Thread first = new Thread(() -> ref.reload(model, options));
      first.start();
      while (inside.getCount() > 0) {
        Thread.onSpinWait(); // A wait would be what is interrupted.
      }
      assertThatThrownBy(() -> ref.reload(model, LoadOptions.defaults()))
          .isInstanceOf(TenonException.class)
          .hasMessageContaining("nterrupted");
      assertThat(Thread.interrupted()).isTrue();
      done.countDown();
      first.join();
      assertThat(ref.using(Model::names)).isNotEmpty();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
