package dev.tenon.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.InMemory;
import dev.tenon.LoadOptions;
import dev.tenon.LoadReport;
import dev.tenon.Model;
import dev.tenon.Origin;
import dev.tenon.Residency;
import dev.tenon.SaveOptions;
import dev.tenon.Saved;
import dev.tenon.SharedCheckpoint;
import dev.tenon.SlotReport;
import dev.tenon.Tenon;
import dev.tenon.TenonException;
import dev.tenon.adapter.WrittenAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Loads that merge adapters, against what peft 0.21 merges. */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
class AdaptationTest {
  private static final Path ADAPTERS = Path.of("src/test/resources/adapters");
  private static final Path LLAMA = ADAPTERS.resolve("bases/llama");
  private static final Path TIED = ADAPTERS.resolve("bases/llama-tied");
  private static final String QUERY = "model.layers.0.self_attn.q_proj";

  @TempDir(factory = InMemory.class)
  private Path dir;

  @ParameterizedTest
  @CsvSource({
    "llama-qv, llama, LlamaForCausalLM",
    "llama-dora, llama, LlamaForCausalLM",
    "llama-patterns, llama, LlamaForCausalLM",
    "llama-two, llama, LlamaForCausalLM",
    "llama-embed-tied, llama-tied, LlamaForCausalLM",
    "llama-saved-embed-tied, llama-tied, LlamaForCausalLM",
    "llama-rslora-bf16, llama-bf16, LlamaForCausalLM",
    "gpt2-conv1d-tied, gpt2, GPT2LMHeadModel",
    "mixtral-experts, mixtral, MixtralForCausalLM",
    "mixtral-experts-v4, mixtral, MixtralForCausalLM",
    "bert-prefix, bert, BertModel",
  })
  void aMergeIsTheReferencesAndNothingElseChanges(String name, String base, String className)
      throws IOException {
    LoadOptions.Builder options = LoadOptions.builder().className(className);
    for (String adapter : List.of("adapter", "adapter1", "adapter2")) {
      Path directory = ADAPTERS.resolve(name).resolve(adapter);
      if (Files.isDirectory(directory)) {
        options.adapter(directory);
      }
    }
    Path path = ADAPTERS.resolve("bases").resolve(base);
    Path out = dir.resolve("out");
    try (Model merged = Tenon.load(path, options.build())) {
      merged.save(out, SaveOptions.defaults());
    }
    try (Model golden = asStored(ADAPTERS.resolve(name).resolve("touched.safetensors"));
        Model saved = asStored(out.resolve("model.safetensors"));
        Model before = asStored(path.resolve("model.safetensors"))) {
      assertThat(golden.names()).isNotEmpty().isSubsetOf(saved.names());
      golden.names().forEach(it -> assertNear(it, saved.tensor(it), golden.tensor(it)));
      Map<String, Integer> after = new TreeMap<>(saved.digests());
      after.keySet().removeAll(golden.names());
      after.keySet().retainAll(before.names());
      assertThat(before.digests()).containsAllEntriesOf(after);
    }
    try (Model again =
        Tenon.load(out, LoadOptions.builder().className(className).strict(true).build())) {
      assertThat(again.report().className()).isEqualTo(className);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"MMAP", "POPULATE", "COPY"})
  void everyResidencyMergesTheSame(Residency residency) {
    LoadOptions options =
        LoadOptions.builder()
            .adapter(ADAPTERS.resolve("llama-qv/adapter"))
            .residency(residency)
            .build();
    try (Model merged = Tenon.load(LLAMA, options);
        Model mapped = Tenon.load(LLAMA, options.toBuilder().residency(Residency.MMAP).build())) {
      assertThat(merged.digests()).isEqualTo(mapped.digests());
      assertThat(merged.verify()).isEmpty();
    }
  }

  @Test
  void theBasesFileIsLeftAsItIs() throws IOException {
    byte[] before = Files.readAllBytes(LLAMA.resolve("model.safetensors"));
    Tenon.load(LLAMA, merging("llama-qv").build()).close();
    assertThat(Files.readAllBytes(LLAMA.resolve("model.safetensors"))).isEqualTo(before);
  }

  @Test
  void severalModelsOfSharedFilesHaveWeightsOfTheirOwnWhereOneIsMerged() {
    try (SharedCheckpoint files = Tenon.share(LLAMA);
        Model merged = files.load(merging("llama-qv").build());
        Model plain = files.load(LoadOptions.defaults());
        Model alone = Tenon.load(LLAMA, LoadOptions.defaults())) {
      assertThat(plain.digests()).isEqualTo(alone.digests());
      assertThat(merged.digests()).isNotEqualTo(alone.digests());
    }
  }

  @Test
  void reportsSayWhatIsMerged() {
    LoadReport planned = Tenon.preview(LLAMA, merging("llama-qv").build());
    SlotReport query =
        planned.slots().stream()
            .filter(slot -> slot.name().equals(QUERY + ".weight"))
            .findFirst()
            .orElseThrow();
    assertThat(query.origin()).isEqualTo(Origin.CONVERTED);
    assertThat(query.from()).isEqualTo("model.safetensors + adapter/adapter_model.safetensors");
    try (Model model = Tenon.load(LLAMA, merging("llama-qv").build())) {
      assertThat(model.report().slots()).isEqualTo(planned.slots());
    }
  }

  @Test
  void aPartedTieIsSavedWithAConfigThatHasNone() throws IOException {
    try (Model model = Tenon.load(TIED, merging("llama-saved-embed-tied").build())) {
      assertThat(model.tied()).isEmpty();
      assertThat(model.tieWordEmbeddings()).isFalse();
      model.save(dir.resolve("out"), SaveOptions.defaults());
    }
    assertThat(Saved.config(dir.resolve("out")).get("tie_word_embeddings").booleanValue())
        .isFalse();
    assertThat(dir.resolve("out/adapter_config.json")).doesNotExist();
  }

  @Test
  void lengthsOfAnEmbeddingAreThoseOfItsColumns() {
    Path adapter =
        new WrittenAdapter()
            .with("use_dora", "true")
            .tensor("transformer.wte.lora_embedding_A", 0.5f, 2, 61)
            .tensor("transformer.wte.lora_embedding_B", 1, 24, 2)
            .tensor("transformer.wte.lora_magnitude_vector", 3, 24)
            .to(dir.resolve("adapter"));
    Path base = ADAPTERS.resolve("bases/gpt2");
    try (Model model = Tenon.load(base, LoadOptions.builder().adapter(adapter).build())) {
      List<Float> weight = floats(model.tensor("transformer.wte.weight"));
      for (int column = 0; column < 24; column++) {
        double squares = 0;
        for (int row = 0; row < 61; row++) {
          squares += Math.pow(weight.get(24 * row + column), 2);
        }
        assertThat(Math.sqrt(squares)).isCloseTo(3, Offset.offset(1e-5));
      }
    }
  }

  @Test
  void onMetaNothingIsRead() {
    LoadOptions options = merging("llama-qv").device("meta").build();
    try (Model model = Tenon.load(LLAMA, options)) {
      assertThat(model.tensor(QUERY + ".weight").is_meta()).isTrue();
    }
  }

  @Test
  void anAdapterBesideWeightsIsAWarning() throws IOException {
    Path both = copy(LLAMA, dir.resolve("both"));
    new WrittenAdapter().pair(QUERY, 24, 24).to(both);
    assertThat(Tenon.plan(both, LoadOptions.defaults()).warnings())
        .singleElement()
        .asString()
        .contains("adapter_model.safetensors", "--adapter");
    LoadOptions merging = LoadOptions.builder().adapter(both).build();
    assertThat(Tenon.plan(both, merging).warnings()).isEmpty();
    assertThat(Tenon.plan(both, merging).changes()).hasSize(1);
  }

  @Test
  void anAdapterAloneIsAnErrorThatNamesItsBase() {
    Path alone =
        new WrittenAdapter()
            .with("base_model_name_or_path", "\"org/base\"")
            .pair(QUERY, 24, 24)
            .to(dir.resolve("alone"));
    for (Path path : List.of(alone, alone.resolve("adapter_model.safetensors"))) {
      assertThatThrownBy(() -> Tenon.plan(path, LoadOptions.defaults()))
          .isInstanceOf(TenonException.class)
          .hasMessageContainingAll("adapter", "base=org/base", "load org/base --adapter");
    }
  }

  @Test
  void anAdapterThatIsToBeMergedLeadsToItsBase() {
    Path adapter =
        new WrittenAdapter()
            .with("base_model_name_or_path", '"' + LLAMA.toString() + '"')
            .pair(QUERY, 24, 24)
            .to(dir.resolve("adapter"));
    LoadOptions options = LoadOptions.builder().adapter(adapter).build();
    assertThat(Tenon.plan(adapter, options)).isEqualTo(Tenon.plan(LLAMA, options));
    try (Model model = Tenon.load(adapter, options)) {
      assertThat(model.report().className()).isEqualTo("LlamaForCausalLM");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-ia3", "llama-pissa", "llama-wrong-shape"})
  void whatIsNotMergedWritesNothing(String name) {
    assertThatThrownBy(() -> Tenon.load(LLAMA, merging(name).build()))
        .isInstanceOf(TenonException.class);
  }

  @Test
  void aModelThatIsDrawnHasNoAdapters() {
    assertThatThrownBy(() -> Tenon.init(LLAMA, merging("llama-qv").build()))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("adapters=");
  }

  private static LoadOptions.Builder merging(String name) {
    return LoadOptions.builder().adapter(ADAPTERS.resolve(name).resolve("adapter"));
  }

  private static Path copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(from.resolve(file), to.resolve(file));
    }
    return to;
  }

  /** What a file holds, under the names it has there. */
  private Model asStored(Path file) throws IOException {
    Path alone = Files.createTempDirectory(dir, "alone").resolve("model.safetensors");
    Files.copy(file, alone);
    return Tenon.load(alone, LoadOptions.defaults());
  }

  private static void assertNear(String name, Tensor actual, Tensor expected) {
    assertThat(actual.shape()).as(name).isEqualTo(expected.shape());
    assertThat(actual.scalar_type().intern()).as(name).isEqualTo(expected.scalar_type().intern());
    boolean half = expected.scalar_type().intern() == ScalarType.BFloat16;
    List<Float> got = floats(actual);
    List<Float> want = floats(expected);
    for (int i = 0; i < want.size(); i++) {
      float near = half ? Math.ulp(want.get(i)) * (1 << 16) : 2e-6f + 4 * Math.ulp(want.get(i));
      assertThat(Math.abs(got.get(i) - want.get(i))).as(name).isLessThanOrEqualTo(near);
    }
  }

  private static List<Float> floats(Tensor tensor) {
    try (PointerScope scope = new PointerScope()) {
      Tensor plain = tensor.detach().to(ScalarType.Float).contiguous();
      float[] values = new float[(int) plain.numel()];
      new FloatPointer(plain.data_ptr()).get(values);
      List<Float> list = new ArrayList<>(values.length);
      for (float value : values) {
        list.add(value);
      }
      return list;
    }
  }
}
