package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold on a GPU: the bytes and ties of a CPU load. {@code ci/gpu} runs it. */
@Tag("gpu")
class CudaTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");
  private static final LoadOptions CPU = LoadOptions.defaults();
  private static final LoadOptions CUDA = LoadOptions.builder().device("cuda:0").build();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gemma2-untied-full",
        "gemma2-tied-source-only",
        "gemma2-bf16-to-f32",
        "gemma2-f32-to-bf16",
        "gemma2-sharded",
        "gemma2-bin",
        "mixtral-experts-separate"
      })
  void bytesAndTiesAreThoseOfTheCpu(String name) {
    try (Model cpu = Tenon.load(SCENARIOS.resolve(name), CPU);
        Model cuda = Tenon.load(SCENARIOS.resolve(name), CUDA)) {
      assertThat(cuda.digests()).isEqualTo(cpu.digests());
      assertThat(cuda.tied()).isEqualTo(cpu.tied());
      assertThat(cuda.names()).allMatch(tensor -> cuda.tensor(tensor).is_cuda());
    }
  }

  @Test
  void missingSlotsAreDrawnThereAndTheSameAgain() {
    Path path = SCENARIOS.resolve("gemma2-some-missing");
    try (Model one = Tenon.load(path, CUDA);
        Model two = Tenon.load(path, CUDA)) {
      assertThat(one.report().missing()).isNotEmpty();
      assertThat(two.digests()).isEqualTo(one.digests());
    }
  }

  @Test
  void tiesHoldThereAndBack() {
    try (Model model = Tenon.load(SCENARIOS.resolve("gemma2-tied-source-only"), CPU)) {
      Map<String, Integer> before = model.digests();
      List<List<String>> tied = model.tied();
      model.to("cuda:0", null);
      assertThat(model.tensor("lm_head.weight").is_cuda()).isTrue();
      assertThat(model.tensor("lm_head.weight"))
          .isSameAs(model.tensor("model.embed_tokens.weight"));
      model.to("cpu", null);
      assertThat(model.tied()).isEqualTo(tied);
      assertThat(model.digests()).isEqualTo(before);
    }
  }

  @Test
  void aMapPutsSomeThereAndTheRestOnTheCpu() {
    Path path = SCENARIOS.resolve("gemma2-tied-source-only");
    LoadOptions options = LoadOptions.builder().device("model.layers.0=cuda:0,=cpu").build();
    try (Model cpu = Tenon.load(path, CPU);
        Model both = Tenon.load(path, options)) {
      assertThat(both.digests()).isEqualTo(cpu.digests());
      assertThat(both.names())
          .allMatch(name -> both.tensor(name).is_cuda() == name.startsWith("model.layers.0."));
    }
  }

  @Test
  void autoTakesTheGpuThereIs() {
    LoadOptions auto = LoadOptions.builder().device("auto").build();
    try (Model model = Tenon.load(SCENARIOS.resolve("gemma2-tied-source-only"), auto)) {
      assertThat(model.report().device()).startsWith("cuda:0");
      assertThat(model.tensor("lm_head.weight").is_cuda()).isTrue();
    }
  }
}
