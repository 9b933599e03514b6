package dev.tenon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.Residency;
import dev.tenon.TenonException;
import dev.tenon.engine.init.UserInitializer;
import dev.tenon.plan.place.Device;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guarantees around a load: who is handed what, what is freed, what is noticed. */
class EngineTest {
  private static final String COMPLETE = "gemma2-untied-full";
  private static final String SOME_MISSING = "gemma2-some-missing";

  @TempDir private Path directory;

  private Path copyOf(String scenario) throws IOException {
    try (Stream<Path> files = Files.list(Scenarios.directory(scenario))) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
    return directory;
  }

  private static EngineOptions asking(UserInitializer user) {
    return EngineOptions.defaults().initializing(user);
  }

  @Test
  void aFileThatShrankIsNoticed() throws IOException {
    var planned = Scenarios.plan(COMPLETE, copyOf(COMPLETE));
    Path file = directory.resolve("model.safetensors");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 4096);
    }
    assertThatThrownBy(() -> planned.load(EngineOptions.defaults()).close())
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("file=" + file);
  }

  @Test
  void aFileThatWentAwayIsNoticed() throws IOException {
    var planned = Scenarios.plan(COMPLETE, copyOf(COMPLETE));
    Files.delete(directory.resolve("model.safetensors"));
    assertThatThrownBy(() -> planned.load(EngineOptions.defaults()).close())
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("went away");
  }

  @Test
  void writingToAMappedTensorNeverReachesTheFile() throws IOException {
    var planned = Scenarios.plan(COMPLETE, copyOf(COMPLETE));
    byte[] before = Files.readAllBytes(directory.resolve("model.safetensors"));
    try (Loaded loaded = planned.load(EngineOptions.defaults());
        Scalar one = new Scalar(1.0)) {
      loaded.tensor(0).set_requires_grad(false).fill_(one);
    }
    assertThat(directory.resolve("model.safetensors")).hasBinaryContent(before);
  }

  @Test
  void copiedTensorsOutliveTheirFile() throws IOException {
    var planned = Scenarios.plan(COMPLETE, copyOf(COMPLETE));
    EngineOptions copying = EngineOptions.defaults().residing(Residency.COPY);
    try (Loaded loaded = planned.load(copying)) {
      String before = Bytes.crc32(loaded.tensor(0));
      Files.write(directory.resolve("model.safetensors"), new byte[] {0});
      assertThat(Bytes.crc32(loaded.tensor(0))).isEqualTo(before);
    }
  }

  @Test
  void aMappedFileLivesAsLongAsATensorOverIt() {
    Tensor kept;
    String before;
    try (Loaded loaded = Scenarios.load(COMPLETE, EngineOptions.defaults())) {
      kept = new Tensor(loaded.tensor(0));
      before = Bytes.crc32(kept);
    }
    assertThat(Bytes.crc32(kept)).isEqualTo(before);
    kept.close();
  }

  @Test
  void theCallersPointerScopeFreesNoTensor() {
    Loaded loaded;
    try (PointerScope scope = new PointerScope()) {
      assertThat(scope).isNotNull();
      loaded = Scenarios.load(SOME_MISSING, EngineOptions.defaults());
    }
    for (int i = 0; i < loaded.plan().steps().size(); i++) {
      assertThat(Bytes.crc32(loaded.tensor(i))).isNotEmpty();
    }
    loaded.close();
  }

  @Test
  void theMetaDeviceHoldsShapesAlone() {
    try (Loaded loaded = Scenarios.load(SOME_MISSING, EngineOptions.defaults().on(Device.META))) {
      for (int i = 0; i < loaded.plan().steps().size(); i++) {
        assertThat(loaded.tensor(i).is_meta()).isTrue();
        assertThat(loaded.tensor(i).numel())
            .isEqualTo(loaded.plan().steps().get(i).slot().shape().elements());
      }
    }
  }

  @Test
  void aUsersInitialiserReachesMissingSlotsAlone() {
    List<String> asked = new ArrayList<>();
    EngineOptions options =
        asking(
            (slot, tensor) -> {
              asked.add(slot.name());
              tensor.fill_(new Scalar(42.0));
              return true;
            });
    try (Loaded loaded = Scenarios.load(SOME_MISSING, options)) {
      assertThat(asked).isNotEmpty();
      assertThat(asked).containsExactlyInAnyOrderElementsOf(loaded.plan().missing());
      int slot = loaded.plan().skeleton().index().get(asked.get(0));
      assertThat(loaded.tensor(slot).min().item_double()).isEqualTo(42);
      assertThat(loaded.origin(slot).kind()).isEqualTo(SlotOrigin.Kind.INITIALIZED);
      assertThat(loaded.origin(slot).from()).isEqualTo("user");
    }
  }

  @Test
  void whatAUserLeavesTheRulesWrite() {
    try (Loaded ruled = Scenarios.load(SOME_MISSING, EngineOptions.defaults());
        Loaded left = Scenarios.load(SOME_MISSING, asking((slot, tensor) -> false))) {
      for (int i = 0; i < ruled.plan().steps().size(); i++) {
        assertThat(Bytes.crc32(left.tensor(i))).isEqualTo(Bytes.crc32(ruled.tensor(i)));
      }
    }
  }

  @Test
  void aUsersFailureIsTheLoadsAndFreesEverything() {
    freesEverything(
        () ->
            assertThatThrownBy(
                    () ->
                        Scenarios.load(
                            SOME_MISSING,
                            asking(
                                (slot, tensor) -> {
                                  throw new IllegalStateException("mine");
                                })))
                .isInstanceOf(TenonException.class)
                .hasMessageMatching("The initialiser failed: slot=.*, reason=mine")
                .hasCauseInstanceOf(IllegalStateException.class));
  }

  @Test
  void aUserMayNotReplaceATensorsMemory() {
    assertThatThrownBy(
            () ->
                Scenarios.load(
                    SOME_MISSING,
                    asking(
                        (slot, tensor) -> {
                          tensor.resize_(100_000_000);
                          return true;
                        })))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("slot=");
  }

  @Test
  void anInterruptStopsALoadAndFreesEverything() {
    var planned = Scenarios.plan(COMPLETE, Scenarios.directory(COMPLETE));
    freesEverything(
        () -> {
          Thread.currentThread().interrupt();
          try {
            assertThatThrownBy(
                    () -> planned.load(EngineOptions.defaults().residing(Residency.COPY)))
                .isInstanceOf(TenonException.class)
                .hasMessageContaining("interrupted");
          } finally {
            assertThat(Thread.interrupted()).isTrue();
          }
        });
  }

  private static void freesEverything(Runnable load) {
    Scenarios.load(COMPLETE, EngineOptions.defaults()).close();
    // Less is right too: garbage of other tests may go meanwhile.
    long bytes = Pointer.totalBytes();
    long count = Pointer.totalCount();
    load.run();
    assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(bytes);
    assertThat(Pointer.totalCount()).isLessThanOrEqualTo(count);
  }
}
