package dev.tenon.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.Lease;
import dev.tenon.LoadOptions;
import dev.tenon.LoadReport;
import dev.tenon.TenonException;
import dev.tenon.hub.HubCache;
import dev.tenon.hub.ModelName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A watch over {@code current}, a link to one of two versions. */
class ModelWatchTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");
  private static final String FILE = "model.safetensors";
  private static final String NORM = "model.norm.weight";

  @TempDir private Path root;

  private final BlockingQueue<Object> told = new LinkedBlockingQueue<>();
  private final ReloadListener listener =
      new ReloadListener() {
        @Override
        public void reloaded(LoadReport report) {
          told.add(report);
        }

        @Override
        public void failed(Throwable failure) {
          told.add(failure);
        }
      };

  private Path current;

  @BeforeEach
  void lay() throws IOException {
    copy("gemma2-tied-source-only", "one");
    copy("gemma2-untied-full", "two");
    current = Files.createSymbolicLink(root.resolve("current"), Path.of("one"));
  }

  private void copy(String scenario, String name) throws IOException {
    Path directory = Files.createDirectory(root.resolve(name));
    try (Stream<Path> files = Files.list(SCENARIOS.resolve(scenario))) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
  }

  private ModelWatch watch() {
    return ModelWatch.start(current, LoadOptions.defaults(), listener);
  }

  private void redirect(String target) throws IOException {
    Path next = Files.createSymbolicLink(root.resolve("next"), Path.of(target));
    Files.move(next, current, StandardCopyOption.ATOMIC_MOVE);
  }

  private void replace(Path file, byte[] content) throws IOException {
    Path next = Files.write(root.resolve("next"), content);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private Object next() throws InterruptedException {
    return Objects.requireNonNull(told.poll(30, TimeUnit.SECONDS), "Nothing was told");
  }

  private static int ties(ModelWatch watch) {
    return watch.model().using(model -> model.tied().size());
  }

  private static int tensors(ModelWatch watch) {
    return watch.model().using(model -> model.tensor(NORM).isNull() ? 0 : model.names().size());
  }

  @Test
  void aRedirectedLinkIsFollowedWhileReadersKeepTheirVersion() throws Exception {
    try (ModelWatch watch = watch();
        Lease old = watch.model().acquire()) {
      assertThat(ties(watch)).isOne();

      redirect("two");

      assertThat(next()).isInstanceOf(LoadReport.class);
      assertThat(ties(watch)).isZero();
      assertThat(old.model().tied()).hasSize(1);
      assertThat(tensors(watch)).isPositive();

      redirect("one");
      assertThat(next()).isInstanceOf(LoadReport.class);
      assertThat(ties(watch)).isOne();
    }
  }

  @Test
  void aNewCommitInTheHubsCacheIsLoaded() throws Exception {
    HubCache cache = HubCache.at(root.resolve("hub"));
    ModelName name = ModelName.parse("org/name");
    Path snapshots = Files.createDirectories(root.resolve("hub/models--org--name/snapshots"));
    Files.createSymbolicLink(snapshots.resolve("1".repeat(40)), root.resolve("one"));
    Path ref = cache.ref(name);
    Files.createDirectories(ref.getParent());
    Files.writeString(ref, "1".repeat(40));

    WatchTarget target = WatchTarget.of(cache, name, null);
    try (ModelWatch watch = ModelWatch.start(target, LoadOptions.defaults(), listener)) {
      assertThat(ties(watch)).isOne();
      replace(ref, "2".repeat(40).getBytes(StandardCharsets.UTF_8));
      assertThat((TenonException) next()).hasMessageContaining("not this revision");
      assertThat(ties(watch)).isOne();
      Files.createSymbolicLink(snapshots.resolve("2".repeat(40)), root.resolve("two"));
      assertThat(next()).isInstanceOf(LoadReport.class);
      assertThat(ties(watch)).isZero();
    }
  }

  /** Not the weights under a usual name that stand beside it. */
  @Test
  void aFileOfARepositoryIsTheOneThatIsWatched() throws Exception {
    HubCache cache = HubCache.at(root.resolve("hub"));
    ModelName name = ModelName.parse("org/name:q4.gguf");
    Path snapshots = root.resolve("hub/models--org--name/snapshots");
    Path snapshot = Files.createDirectories(snapshots.resolve("1".repeat(40)));
    Files.copy(root.resolve("one").resolve(FILE), snapshot.resolve(FILE));
    Path ref = cache.ref(name);
    Files.createDirectories(ref.getParent());
    Files.writeString(ref, "1".repeat(40));
    WatchTarget target = WatchTarget.of(cache, name, null);
    assertThat(target.stamp().files()).isEmpty();

    Path file = Files.writeString(snapshot.resolve("q4.gguf"), "");
    assertThat(target.path().get()).isEqualTo(file);
    assertThat(target.stamp().files()).containsKey(file);
  }

  @Test
  void aFileRenamedOverTheOldOneIsLoaded() throws Exception {
    try (ModelWatch watch = watch()) {
      int before = watch.model().<Integer>using(model -> model.digests().get(NORM));

      byte[] bytes = Files.readAllBytes(current.resolve(FILE));
      bytes[bytes.length - 1] ^= 1; // the last tensor by name is this one
      replace(root.resolve("one").resolve(FILE), bytes);

      assertThat(next()).isInstanceOf(LoadReport.class);
      assertThat(watch.model().<Integer>using(model -> model.digests().get(NORM)))
          .isNotEqualTo(before);
    }
  }

  @Test
  void aFailedReloadIsToldAndTheNextChangeTriedAgain() throws Exception {
    byte[] right = Files.readAllBytes(current.resolve(FILE));
    try (ModelWatch watch = watch()) {
      replace(root.resolve("one").resolve(FILE), new byte[] {1, 2, 3});
      assertThat(next()).isInstanceOf(TenonException.class);
      assertThat(tensors(watch)).isPositive();

      Files.delete(root.resolve("one").resolve(FILE));
      assertThat((TenonException) next()).hasMessageContaining("No weights");

      replace(root.resolve("one").resolve(FILE), right);
      assertThat(next()).isInstanceOf(LoadReport.class);
      assertThat(tensors(watch)).isPositive();
    }
  }

  @Test
  void filesThatAreNoPartOfTheModelAreNotLoaded() throws Exception {
    try (ModelWatch watch = watch()) {
      Files.writeString(current.resolve("README.md"), "text");
      Files.writeString(root.resolve("elsewhere"), "text");
      Thread.sleep(300);
      redirect("two");
      next();
      assertThat(ties(watch)).isZero();
      assertThat(told).isEmpty();
    }
  }

  @Test
  void aListenerThatFailsIsReportedAndDoesNotEndTheWatch() throws Exception {
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    BlockingQueue<Throwable> uncaught = new LinkedBlockingQueue<>();
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> uncaught.add(failure));
    ReloadListener failing =
        new ReloadListener() {
          @Override
          public void reloaded(LoadReport report) {
            listener.reloaded(report);
            throw new IllegalStateException("mine");
          }

          @Override
          public void failed(Throwable failure) {
            listener.failed(failure);
          }
        };
    try (ModelWatch watch = ModelWatch.start(current, LoadOptions.defaults(), failing)) {
      redirect("two");
      assertThat(next()).isInstanceOf(LoadReport.class);
      assertThat(uncaught.poll(30, TimeUnit.SECONDS)).hasMessage("mine");
      redirect("one");
      assertThat(next()).isInstanceOf(LoadReport.class);
      assertThat(ties(watch)).isOne();
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @Test
  void closingEndsThreadsFreesTheModelAndLeavesNoDescriptor() throws Exception {
    watch().close(); // What the JDK opens once for good is open after this.
    long descriptors = descriptors();
    ModelWatch watch = watch();
    assertThat(threads()).isOne();
    watch.close();
    watch.close();
    assertThat(threads()).isZero();
    assertThat(descriptors()).isLessThanOrEqualTo(descriptors);
    assertThatThrownBy(watch.model()::acquire).hasMessageContaining("closed");
    redirect("two");
    assertThat(told.poll(300, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void aWatchMayBeClosedByItsListener() throws Exception {
    BlockingQueue<ModelWatch> watches = new LinkedBlockingQueue<>();
    ReloadListener closing =
        new ReloadListener() {
          @Override
          public void reloaded(LoadReport report) {
            try {
              watches.take().close();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            listener.reloaded(report);
          }

          @Override
          public void failed(Throwable failure) {
            listener.failed(failure);
          }
        };
    ModelWatch watch = ModelWatch.start(current, LoadOptions.defaults(), closing);
    watches.add(watch);
    redirect("two");
    assertThat(next()).isInstanceOf(LoadReport.class);
    watch.close();
    assertThat(threads()).isZero();
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("tenon-watch"))
        .count();
  }

  private static long descriptors() throws IOException {
    Path all = Path.of("/proc/self/fd");
    if (!Files.isDirectory(all)) {
      return 0;
    }
    try (Stream<Path> open = Files.list(all)) {
      return open.count();
    }
  }
}
