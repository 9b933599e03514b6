package dev.tenon.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tenon.Rng;
import dev.tenon.plan.place.Device;
import dev.tenon.tensor.DType;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same load on a GPU: what files hold and what configs say is the same bytes there. */
@Tag("gpu")
class GpuTest {
  private static final Device GPU = Device.parse("cuda:0");

  @BeforeEach
  void needsAGpu() {
    assumeTrue(torch.hasCUDA() && torch.getNumGPUs() > 0, "libtorch sees no GPU");
  }

  static java.util.stream.Stream<String> loadable() {
    return Scenarios.names().filter(name -> !Scenarios.expected(name).has("error"));
  }

  @ParameterizedTest
  @MethodSource("loadable")
  void bytesFromFilesAreThoseOfTheCpu(String name) {
    same(name, EngineOptions.defaults(), false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gemma2-some-missing", "bert-base-into-classifier"})
  void counterBasedValuesAreThoseOfTheCpu(String name) {
    same(name, EngineOptions.defaults().drawing(Rng.PHILOX, 5), true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gemma2-tied-source-only"})
  void aMoveThereAndBackKeepsTies(String name) {
    try (Loaded loaded = Scenarios.load(name, EngineOptions.defaults())) {
      String before = Bytes.crc32(loaded.tensor(0));
      loaded.to(GPU, null);
      loaded.verifyTies();
      loaded.to(Device.CPU, DType.F32);
      loaded.verifyTies();
      assertThat(Bytes.crc32(loaded.tensor(0))).isEqualTo(before);
    }
  }

  private static void same(String name, EngineOptions options, boolean drawnToo) {
    try (Loaded here = Scenarios.load(name, options);
        Loaded there = Scenarios.load(name, options.on(GPU))) {
      for (int i = 0; i < here.plan().steps().size(); i++) {
        assertThat(there.tensor(i).is_cuda()).isTrue();
        boolean drawn = here.origin(i).kind() == SlotOrigin.Kind.INITIALIZED;
        if (drawnToo || !drawn) {
          try (var back = there.tensor(i).cpu()) {
            assertThat(Bytes.crc32(back)).isEqualTo(Bytes.crc32(here.tensor(i)));
          }
        }
      }
    }
  }
}
