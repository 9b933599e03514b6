package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.engine.Resources;
import dev.tenon.tensor.DType;
import dev.tenon.watch.ModelRef;
import dev.tenon.watch.ModelWatch;
import dev.tenon.watch.ReloadListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Threads that use, change, reload, swap and close models at once: what is used is right to the
 * last byte, what is refused is refused in words, and nothing is left. {@code -Dtenon.races=N} runs
 * more of each, {@code -Dtenon.seed=N} others.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(1800)
class RacesTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");
  private static final Path ONE = SCENARIOS.resolve("gemma2-tied-source-only");
  private static final Path OTHER = SCENARIOS.resolve("gemma2-tied-target-only");
  private static final Path INCOMPLETE = SCENARIOS.resolve("gemma2-some-missing");
  private static final String HEAD = "lm_head.weight";
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final int RACES = Integer.getInteger("tenon.races", 10);
  private static final int READERS = 3;
  private static int run;

  private final Random random = new Random(Long.getLong("tenon.seed", 1));
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<Path, Map<String, Integer>> right =
      Map.of(ONE, digests(ONE), OTHER, digests(OTHER), INCOMPLETE, digests(INCOMPLETE));
  private Resources before;

  private static Map<String, Integer> digests(Path model) {
    try (Model loaded = Tenon.load(model, LoadOptions.defaults())) {
      return loaded.digests();
    }
  }

  @BeforeEach
  void count() throws IOException {
    System.gc();
    before = Resources.now(SCENARIOS.toAbsolutePath());
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    threads.shutdownNow();
    Resources.now(SCENARIOS.toAbsolutePath()).requireNoMoreThan(before, "races");
  }

  @AfterAll
  static void tell() {
    System.out.println("RacesTest: races=" + run);
  }

  /** Runs all at once, and fails as the first that fails does. */
  private void race(List<Callable<?>> all) throws Exception {
    run++;
    CyclicBarrier start = new CyclicBarrier(all.size());
    List<Future<?>> running = new ArrayList<>();
    for (Callable<?> one : all) {
      running.add(
          threads.submit(
              () -> {
                start.await();
                return one.call();
              }));
    }
    for (Future<?> one : running) {
      try {
        one.get();
      } catch (ExecutionException e) {
        throw new AssertionError("seed=" + Long.getLong("tenon.seed", 1), e.getCause());
      }
    }
  }

  private void pause(int mostSpins) {
    for (int spins = random.nextInt(mostSpins); spins > 0; spins--) {
      Thread.onSpinWait();
    }
  }

  @Test
  void loadsSideBySideGiveTheirOwnModels() throws Exception {
    List<Path> models = List.of(ONE, OTHER, INCOMPLETE);
    for (int i = 0; i < RACES; i++) {
      List<Callable<?>> loads = new ArrayList<>();
      for (int thread = 0; thread < 6; thread++) {
        Path model = models.get(random.nextInt(models.size()));
        Residency residency = Residency.values()[random.nextInt(Residency.values().length)];
        boolean fails = random.nextInt(4) == 0;
        loads.add(() -> fails ? failing(model, residency) : loading(model, residency));
      }
      race(loads);
    }
  }

  private Void loading(Path model, Residency residency) {
    LoadOptions options = LoadOptions.builder().residency(residency).build();
    try (Model loaded = Tenon.load(model, options)) {
      assertThat(loaded.digests()).isEqualTo(right.get(model));
    }
    return null;
  }

  private static Void failing(Path model, Residency residency) {
    LoadProgress broken =
        (phase, done, total) -> {
          throw new IllegalStateException("mine");
        };
    LoadOptions options = LoadOptions.builder().residency(residency).progress(broken).build();
    try {
      Tenon.load(model, options).close();
    } catch (TenonException e) {
      assertThat(e).hasMessageContaining("reason=mine");
    }
    return null;
  }

  @Test
  void closeAgainstUse() throws Exception {
    for (int i = 0; i < RACES; i++) {
      Model model = Tenon.load(ONE, LoadOptions.defaults());
      Tensor tensor = model.tensor(HEAD);
      List<Callable<?>> all = new ArrayList<>();
      for (int reader = 0; reader < READERS; reader++) {
        all.add(() -> readUntilClosed(model));
      }
      all.add(
          () -> {
            pause(100_000);
            return closeWhenIdle(model);
          });
      race(all);
      assertThat(tensor.isNull()).isTrue();
    }
  }

  /** Reads all bytes over and over; whatever is not right is a failure. */
  private Void readUntilClosed(Model model) {
    while (true) {
      try {
        assertThat(model.digests()).isEqualTo(right.get(ONE));
        Thread.yield();
      } catch (TenonException refused) {
        assertThat(refused).hasMessageStartingWith("Attempt to use a model, but ");
        if (refused.getMessage().contains("closed")) {
          return null;
        }
      }
    }
  }

  private static Void closeWhenIdle(Model model) {
    while (true) {
      try {
        model.close();
        return null;
      } catch (TenonException refused) {
        assertThat(refused).hasMessageContaining("in use: calls=");
      }
    }
  }

  @Test
  void changeAgainstUse() throws Exception {
    for (int i = 0; i < RACES; i++) {
      try (Model model = Tenon.load(ONE, LoadOptions.defaults())) {
        AtomicBoolean done = new AtomicBoolean();
        List<Callable<?>> all = new ArrayList<>();
        for (int reader = 0; reader < READERS; reader++) {
          all.add(() -> useUntil(done, model));
        }
        boolean tied = random.nextBoolean();
        DType dtype = random.nextBoolean() ? DType.F64 : DType.BF16;
        all.add(
            () -> {
              try {
                whenIdle(() -> model.tieWordEmbeddings(tied));
                whenIdle(() -> model.to("cpu", dtype));
                whenIdle(() -> model.tieWordEmbeddings(!tied));
                whenIdle(() -> model.to("cpu", DType.F32));
              } finally {
                done.set(true);
              }
              return null;
            });
        race(all);
        assertThat(model.tied()).hasSize(tied ? 0 : 1);
      }
    }
  }

  private static void whenIdle(Runnable change) {
    while (true) {
      try {
        change.run();
        return;
      } catch (TenonException refused) {
        assertThat(refused).hasMessageContaining("in use: calls=");
      }
    }
  }

  /** Inside a use the model is of one dtype, and its ties are what it says. */
  private static Void useUntil(AtomicBoolean done, Model model) {
    while (!done.get()) {
      try {
        model.using(
            busy -> {
              Tensor head = busy.tensor(HEAD);
              boolean shared = head == busy.tensor(EMBEDDING);
              assertThat(shared).isEqualTo(busy.tieWordEmbeddings()).isEqualTo(!untied(busy));
              assertThat(head.element_size()).isEqualTo(busy.tensor(EMBEDDING).element_size());
              return busy.digests();
            });
        Thread.yield();
      } catch (TenonException refused) {
        assertThat(refused).hasMessageContaining("another thread is changing it");
      }
    }
    return null;
  }

  private static boolean untied(Model model) {
    return model.tied().isEmpty();
  }

  @Test
  void swapsAgainstLeases() throws Exception {
    for (int i = 0; i < RACES; i++) {
      List<Tensor> heads = new ArrayList<>();
      List<Model> versions = new ArrayList<>();
      for (int version = 0; version < 6; version++) {
        versions.add(Tenon.load(version % 2 == 0 ? ONE : OTHER, LoadOptions.defaults()));
        heads.add(versions.get(version).tensor(HEAD));
      }
      ModelRef ref = new ModelRef(versions.get(0));
      AtomicBoolean done = new AtomicBoolean();
      List<Callable<?>> all = new ArrayList<>();
      for (int reader = 0; reader < READERS; reader++) {
        all.add(() -> leaseUntil(done, ref));
      }
      all.add(
          () -> {
            try {
              for (Model next : versions.subList(1, versions.size())) {
                pause(20_000);
                ref.swap(next);
              }
            } finally {
              done.set(true);
            }
            return null;
          });
      race(all);
      ref.close();
      assertThat(heads).allMatch(head -> head.isNull());
    }
  }

  /** A lease is of one version, whole, whatever becomes current meanwhile. */
  private Void leaseUntil(AtomicBoolean done, ModelRef ref) {
    do {
      try (Lease lease = ref.acquire()) {
        Model model = lease.model();
        Map<String, Integer> digests = model.digests();
        assertThat(digests).isIn(right.get(ONE), right.get(OTHER));
        Thread.yield();
        assertThat(model.digests()).isEqualTo(digests);
      }
    } while (!done.get());
    return null;
  }

  /** The load that is to become the next version waits for readers: so they do not wait for it. */
  @Test
  void reloadAgainstUse() throws Exception {
    for (int i = 0; i < RACES; i++) {
      ModelRef ref = new ModelRef(Tenon.load(ONE, LoadOptions.defaults()));
      CountDownLatch reads = new CountDownLatch(10 + random.nextInt(50));
      AtomicBoolean done = new AtomicBoolean();
      LoadProgress waiting = (phase, bytes, total) -> await(reads);
      LoadOptions options = LoadOptions.copy().toBuilder().progress(waiting).build();
      List<Callable<?>> all = new ArrayList<>();
      for (int reader = 0; reader < READERS; reader++) {
        all.add(
            () -> {
              do {
                Map<String, Integer> digests = ref.using(Model::digests);
                assertThat(digests).isIn(right.get(ONE), right.get(OTHER));
                reads.countDown();
              } while (!done.get());
              return null;
            });
      }
      all.add(
          () -> {
            try {
              return ref.reload(OTHER, options);
            } finally {
              done.set(true);
            }
          });
      race(all);
      assertThat(ref.<Map<String, Integer>>using(Model::digests)).isEqualTo(right.get(OTHER));
      ref.close();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void closingAgainstAReloadThatIsUnderWay() throws Exception {
    for (int i = 0; i < RACES; i++) {
      ModelRef ref = new ModelRef(Tenon.load(ONE, LoadOptions.defaults()));
      List<Callable<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 2; thread++) {
        all.add(
            () -> {
              try {
                return ref.reload(OTHER, LoadOptions.defaults());
              } catch (TenonException refused) {
                assertThat(refused).hasMessageContaining("closed");
                return null;
              }
            });
      }
      all.add(
          () -> {
            pause(200_000);
            ref.close();
            return null;
          });
      race(all);
    }
  }

  @Test
  void watchesThatCloseWhileTheirFilesChange(@TempDir Path directory) throws Exception {
    Path live = Files.createDirectories(directory.resolve("live"));
    copy(ONE, live);
    for (int i = 0; i < Math.max(1, RACES / 10); i++) {
      AtomicReference<Throwable> failure = new AtomicReference<>();
      ModelWatch watch = ModelWatch.start(live, LoadOptions.defaults(), recording(failure));
      ModelRef model = watch.model();
      AtomicBoolean done = new AtomicBoolean();
      long millis = random.nextInt(400);
      race(
          List.of(
              () -> {
                do {
                  replace(live);
                } while (!done.get());
                return null;
              },
              () -> {
                while (!done.get()) {
                  useIfOpen(model);
                }
                return null;
              },
              () -> {
                Thread.sleep(millis);
                watch.close();
                done.set(true);
                return null;
              }));
      assertThat(failure.get()).isNull();
      assertThat(Thread.getAllStackTraces().keySet())
          .noneMatch(thread -> thread.getName().startsWith("tenon-watch " + live));
    }
  }

  private void useIfOpen(ModelRef model) {
    try {
      assertThat(model.<Map<String, Integer>>using(Model::digests)).isEqualTo(right.get(ONE));
    } catch (TenonException closed) {
      assertThat(closed).hasMessageContaining("closed");
    }
  }

  private static ReloadListener recording(AtomicReference<Throwable> failure) {
    return new ReloadListener() {
      @Override
      public void reloaded(LoadReport report) {}

      @Override
      public void failed(Throwable reason) {
        // The file it had looked at was replaced before it was opened: the next change is tried.
        if (!String.valueOf(reason.getMessage()).contains("was replaced")) {
          failure.set(reason);
        }
      }
    };
  }

  private static void replace(Path live) throws IOException {
    Path file = live.resolve("model.safetensors");
    Path next = Files.copy(file, live.resolve("next"), StandardCopyOption.REPLACE_EXISTING);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}
