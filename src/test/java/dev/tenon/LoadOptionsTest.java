package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.hub.Hub;
import dev.tenon.plan.names.KeyMapping;
import dev.tenon.plan.place.Device;
import dev.tenon.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadOptionsTest {
  @Test
  void aBuilderStartsFromTheOptionsItWasMadeOf() {
    LoadOptions options =
        new LoadOptions(
            "Gemma2Model",
            Path.of("skeleton.json"),
            List.of(new KeyMapping("^language_model\\.", "")),
            Path.of("atlas.json"),
            "fp16",
            "unet",
            DType.F16,
            "cuda:1",
            Map.of(Device.cuda(1), 1L << 30),
            7,
            Rng.PHILOX,
            Residency.COPY,
            true,
            true,
            (slot, tensor) -> false,
            (phase, done, total) -> {},
            Path.of("trace.json"),
            Path.of("digest.json"),
            Quantised.KEEP,
            List.of(Path.of("adapter")),
            Hub.standard());

    assertThat(options.toBuilder().build()).isEqualTo(options);
  }

  @Test
  void presetsDifferInWhatTheirNamesSay() {
    assertThat(LoadOptions.defaults()).isEqualTo(LoadOptions.builder().build());
    assertThat(LoadOptions.exact().rng()).isEqualTo(Rng.TORCH);
    assertThat(LoadOptions.serving().residency()).isEqualTo(Residency.POPULATE);
    assertThat(LoadOptions.copy().residency()).isEqualTo(Residency.COPY);
    assertThat(LoadOptions.meta().device()).isEqualTo("meta");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gpu", "cuda:", "cuda:-1", "CPU", "cpu:0", "cuda:0 "})
  void unknownDevicesAreRefused(String device) {
    assertThatThrownBy(() -> LoadOptions.builder().device(device).build())
        .isInstanceOf(TenonException.class)
        .hasMessageStartingWith("Unknown device: device=" + device);
  }

  @Test
  void theFirstGpuNeedsNoNumber() {
    assertThat(LoadOptions.builder().device("cuda").build().device()).isEqualTo("cuda:0");
  }

  @Test
  void aModelIsNotLoadedAsIntegers() {
    assertThatThrownBy(() -> LoadOptions.builder().dtype(DType.I8).build())
        .isInstanceOf(TenonException.class)
        .hasMessage("A model's dtype is a floating-point one: dtype=int8");
  }
}
