package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.plan.place.Device;
import dev.tenon.tensor.DType;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Loads that put modules on several devices, as far as a machine without a GPU has some. */
class DeviceMapTest {
  private static final Path GEMMA = Path.of("src/test/resources/scenarios/gemma2-tied-source-only");
  private static final String WORDS = "model.embed_tokens.weight";
  private static final String LAYER = "model.layers.1.mlp.up_proj.weight";

  private static LoadOptions.Builder on(String device) {
    return LoadOptions.builder().device(device);
  }

  private static Device device(LoadReport report, String name) {
    return report.slots().stream()
        .filter(slot -> slot.name().equals(name))
        .findFirst()
        .orElseThrow()
        .device();
  }

  @Test
  void someModulesOnMetaAndTheRestLoaded() {
    try (Model all = Tenon.load(GEMMA, LoadOptions.defaults());
        Model some = Tenon.load(GEMMA, on("model.layers=meta,=cpu").build())) {
      Map<String, Integer> expected = all.digests();
      expected.keySet().removeIf(name -> name.startsWith("model.layers."));

      assertThat(some.digests()).isEqualTo(expected);
      assertThat(some.tensor(LAYER).is_meta()).isTrue();
      assertThat(some.tensor(WORDS)).isSameAs(some.tensor("lm_head.weight"));
      assertThat(some.report().device()).isEqualTo("cpu,meta");
      assertThat(device(some.report(), LAYER)).isEqualTo(Device.META);
      assertThat(device(some.report(), WORDS)).isEqualTo(Device.CPU);
    }
  }

  @Test
  void whatGoesToDiskIsMappedWhateverTheRest() {
    LoadOptions options = on("model.layers=disk,=cpu").residency(Residency.COPY).build();
    try (Model model = Tenon.load(GEMMA, options);
        Model all = Tenon.load(GEMMA, LoadOptions.defaults())) {
      assertThat(model.digests()).isEqualTo(all.digests());
      long layers =
          model.report().slots().stream()
              .filter(slot -> slot.device().equals(Device.DISK))
              .mapToLong(SlotReport::bytes)
              .sum();
      assertThat(layers).isPositive();
      assertThat(model.report().read().mapped()).isEqualTo(layers);
      assertThat(model.report().read().copied()).isPositive();
    }
  }

  @Test
  void aBudgetSendsTheRestToDisk() {
    LoadOptions options = on("auto").maxMemory(Map.of(Device.CPU, 20_000L)).build();

    LoadReport planned = Tenon.preview(GEMMA, options);

    assertThat(planned.device()).isEqualTo("cpu,disk");
    try (Model model = Tenon.load(GEMMA, options)) {
      assertThat(model.report().slots()).isEqualTo(planned.slots());
    }
  }

  @Test
  void whatIsConvertedTakesMemoryAndIsWarnedOf() {
    LoadReport report = Tenon.preview(GEMMA, on("disk").dtype(DType.BF16).build());

    assertThat(report.device()).isEqualTo("cpu");
    assertThat(report.warnings()).anyMatch(it -> it.contains("take memory in place of disk"));
  }

  @Test
  void autoOnAMachineWithoutGpusIsTheCpu() {
    LoadReport report =
        Tenon.preview(GEMMA, on("auto").maxMemory(Map.of(Device.CPU, 1L << 40)).build());

    assertThat(report.device()).isEqualTo("cpu");
    assertThat(report.placed()).isFalse();
  }

  @Test
  void otherMachinesCanBePlannedFor() {
    Map<Device, Long> two =
        Map.of(Device.cuda(0), 1L << 40, Device.cuda(1), 1L << 40, Device.CPU, 1L << 40);

    assertThat(Tenon.preview(GEMMA, on("balanced").maxMemory(two).build()).device())
        .isEqualTo("cuda:0,cuda:1");
  }

  @Test
  void aMapWithATypingErrorIsRefusedBeforeAnythingIsRead() {
    assertThatThrownBy(() -> Tenon.load(GEMMA, on("model.layrs=cpu,=cpu").build()))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("modules=[model.layrs]");
    assertThatThrownBy(() -> on("model.layers=gpu").build()).hasMessageContaining("device=gpu");
  }
}
