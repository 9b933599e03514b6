package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.gguf.GgufBytes;
import dev.tenon.checkpoint.gguf.GgufHeader;
import dev.tenon.checkpoint.gguf.GgufTensor;
import dev.tenon.nativecore.NativeCore;
import dev.tenon.plan.LoadPlan;
import dev.tenon.quantised.gguf.GgufModel;
import dev.tenon.quantised.gguf.GgufWeights;
import dev.tenon.skeleton.Config;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * GGUF models against what gguf's own Python makes of their blocks, and against the models they
 * were made from.
 */
class GgufLoadsTest {
  private static final Path MODELS = Path.of("src/test/resources/quantised/gguf");

  @TempDir Path directory;

  @BeforeEach
  void unpackedByTheNativeCore() {
    Assumptions.assumeTrue(NativeCore.available());
  }

  private static JsonNode json(Path file) throws IOException {
    return new JsonMapper().readTree(file.toFile());
  }

  private static void equal(Model model, JsonNode tensors) {
    Map<String, Integer> digests = model.digests();
    for (Map.Entry<String, JsonNode> wanted : tensors.properties()) {
      String name = wanted.getKey();
      assertThat(model.names()).contains(name);
      String crc = "%08x".formatted(digests.get(name));
      assertThat(crc).as(name).isEqualTo(wanted.getValue().get("crc32").textValue());
      assertThat(model.tensor(name).shape())
          .as(name)
          .containsExactly(
              new JsonMapper().convertValue(wanted.getValue().get("shape"), long[].class));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gguf-types-plain", "gguf-types-iq", "gguf-llama-q4_k_m"})
  void allTypesAreUnpackedToTheBit(String name) throws IOException {
    JsonNode loads = json(MODELS.resolve(name).resolve("expected.json")).get("loads");
    for (Map.Entry<String, JsonNode> load : loads.properties()) {
      DType dtype = load.getKey().equals("float32") ? DType.F32 : DType.BF16;
      LoadOptions options = LoadOptions.builder().dtype(dtype).build();
      try (Model model = Tenon.load(MODELS.resolve(name), options)) {
        equal(model, load.getValue());
      }
    }
  }

  static Stream<String> families() throws IOException {
    try (Stream<Path> files = Files.list(MODELS.resolve("families"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".gguf"))
          .map(name -> name.replace(".gguf", ""))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void aFamilysModelIsTheOneItWasMadeFrom(String name) throws IOException {
    Path file = MODELS.resolve("families").resolve(name + ".gguf");
    JsonNode expected = json(MODELS.resolve("families").resolve(name + ".json"));
    try (Model model = Tenon.load(file, LoadOptions.defaults())) {
      LoadReport report = model.report();
      assertThat(report.className()).isEqualTo(expected.get("class").textValue());
      assertThat(report.unexpected()).isEmpty();
      assertThat(report.missing()).allMatch(missing -> missing.startsWith("pooler."));
      equal(model, expected.get("tensors"));
    }
  }

  /** What is saved is plain, has a config, and is the same model. */
  @Test
  void aSavedModelIsPlain() throws IOException {
    Path file = MODELS.resolve("families/mixtral.gguf");
    Path saved = directory.resolve("saved");
    Map<String, Integer> digests;
    try (Model model = Tenon.load(file, LoadOptions.defaults())) {
      digests = model.digests();
      model.save(saved, SaveOptions.defaults());
    }
    Config config = Config.read(saved);
    assertThat(config.architectures()).containsExactly("MixtralForCausalLM");
    assertThat(config.integer("num_local_experts")).isEqualTo(4);
    assertThat(config.number("rms_norm_eps")).isEqualTo(1e-5);
    try (Model model = Tenon.load(saved, LoadOptions.defaults())) {
      assertThat(model.digests()).isEqualTo(digests);
      assertThat(model.report().warnings()).isEmpty();
    }
  }

  @Test
  void whatIsNotUnpackedIsRefusedByName() throws IOException {
    Path file = directory.resolve("model.gguf");
    Files.write(file, GgufBytes.header(1, 0).tensor("t.weight", 41, 0, 128).data(32));
    assertThatThrownBy(() -> Tenon.load(file, LoadOptions.defaults()))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("tensor=t.weight, type=Q1_0");
  }

  @Test
  void anArchitectureWhoseNumbersLackIsRefusedByKey() throws IOException {
    Path file = directory.resolve("model.gguf");
    byte[] bytes =
        GgufBytes.header(1, 1)
            .pair("general.architecture", "llama")
            .tensor("token_embd.weight", 0, 0, 4, 2)
            .data(32);
    Files.write(file, bytes);
    assertThatThrownBy(() -> Tenon.load(file, LoadOptions.defaults()))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("key=llama.block_count");
  }

  /** Else the slot that its numbers are for would be drawn, and the load end well. */
  @Test
  void aMatrixWithoutASlotIsRefusedByName() throws IOException {
    byte[] bytes =
        GgufBytes.header(2, 4)
            .pair("general.architecture", "deepseek2")
            .pair("deepseek2.block_count", 1)
            .pair("deepseek2.embedding_length", 4)
            .pair("deepseek2.attention.head_count", 1)
            .tensor("token_embd.weight", 0, 0, 4, 2)
            .tensor("blk.0.attn_k_b.weight", 0, 32, 4, 2)
            .data(64);
    Path file = Files.write(directory.resolve("model.gguf"), bytes);
    assertThatThrownBy(() -> GgufWeights.of(Checkpoint.open(file, null), model(file)))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("tensor=blk.0.attn_k_b.weight, architecture=deepseek2");
  }

  private static GgufModel model(Path file) {
    return GgufModel.of(Checkpoint.open(file, null));
  }

  @Test
  void factorsOfRotaryEmbeddingsAreLeftOutWithAWord() throws IOException {
    byte[] bytes =
        GgufBytes.header(2, 4)
            .pair("general.architecture", "llama")
            .pair("llama.block_count", 0)
            .pair("llama.embedding_length", 4)
            .pair("llama.attention.head_count", 1)
            .tensor("token_embd.weight", 0, 0, 4, 2)
            .tensor("rope_freqs.weight", 0, 32, 2)
            .data(64);
    Path file = Files.write(directory.resolve("model.gguf"), bytes);
    LoadPlan plan = Tenon.plan(file, LoadOptions.defaults());
    assertThat(plan.unexpected()).isEmpty();
    List<String> said = plan.warnings();
    assertThat(said).anyMatch(warning -> warning.contains("tensor=rope_freqs.weight"));
  }

  /** Blocks are bytes of the file under its names, with a word on what they stand for. */
  @Test
  void aModelMayStayAsItsFileHasIt() throws IOException {
    Path file = MODELS.resolve("gguf-llama-q4_k_m/model.gguf");
    LoadOptions options = LoadOptions.builder().quantised(Quantised.KEEP).build();
    try (Model model = Tenon.load(file, options)) {
      Map<String, Integer> digests = model.digests();
      for (GgufTensor tensor : GgufHeader.read(file).tensors().values()) {
        byte[] bytes = new byte[(int) tensor.bytes()];
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
          in.seek(tensor.offset());
          in.readFully(bytes);
        }
        CRC32 crc = new CRC32();
        crc.update(bytes);
        assertThat(digests.get(tensor.name())).as(tensor.name()).isEqualTo((int) crc.getValue());
      }
      assertThat(model.packed().get("blk.0.attn_v.weight").ggmlType()).isEqualTo("Q6_K");
      assertThat(model.packed().get("blk.0.attn_v.weight").shape()).isEqualTo(Shape.of(128, 256));
      Path out = directory.resolve("out");
      assertThatThrownBy(() -> model.save(out, SaveOptions.defaults()))
          .isInstanceOf(TenonException.class)
          .hasMessageContaining("is not saved");
    }
  }
}
