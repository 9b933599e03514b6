package dev.tenon.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Residency;
import dev.tenon.Rng;
import dev.tenon.Tenon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who holds a bound module's memory, and how often it is there. */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
class BoundMemoryTest {
  /** Rows of a matrix of 256 MiB, a quarter of which no other test's garbage comes near. */
  private static final int VOCABULARY = 1 << 20;

  private static final int WIDTH = 64;
  private static final long MATRIX = 4L * VOCABULARY * WIDTH;

  @ParameterizedTest
  @EnumSource(Residency.class)
  void aModuleOutlivesItsModel(Residency residency) {
    LoadOptions options = LoadOptions.builder().residency(residency).build();
    try (PointerScope scope = new PointerScope();
        Golden golden = new Golden("bert")) {
      BertModule module = new BertModule();
      try (Model bert = Tenon.load(Golden.file("bert"), options)) {
        Binding.of(bert).prefix("bert", "").into(module);
      }
      Tensor logits = module.forward(golden.get("input_ids"), golden.get("attention_mask"));
      golden.assertAnswer("logits", logits);
    }
  }

  @Test
  void manyThreadsBindOneModel() {
    try (Model bert = Golden.load("bert");
        Golden golden = new Golden("bert")) {
      IntStream.range(0, 4)
          .parallel()
          .forEach(
              i -> {
                try (PointerScope scope = new PointerScope()) {
                  BertModule module = new BertModule();
                  Binding.of(bert).prefix("bert", "").into(module);
                  Tensor ids = golden.get("input_ids");
                  golden.assertAnswer("logits", module.forward(ids, golden.get("attention_mask")));
                }
              });
    }
  }

  @Test
  void aModelOutlivesItsModule() {
    try (Model bert = Golden.load("bert")) {
      var before = bert.digests();
      try (PointerScope scope = new PointerScope()) {
        Binding.of(bert).prefix("bert", "").into(new BertModule());
      }
      assertThat(bert.digests()).isEqualTo(before);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFileStaysMappedAsLongAsEitherIsThere(@TempDir Path dir) throws IOException {
    for (String name : new String[] {"config.json", "model.safetensors"}) {
      Files.copy(Golden.file("bert/" + name), dir.resolve(name));
    }
    try (PointerScope scope = new PointerScope()) {
      BertModule module = new BertModule();
      try (Model bert = Tenon.load(dir, LoadOptions.defaults())) {
        Binding.of(bert).prefix("bert", "").into(module);
      }
      assertThat(isMapped(dir)).isTrue();
    }
    assertThat(isMapped(dir)).isFalse();
  }

  private static boolean isMapped(Path dir) throws IOException {
    return Files.readString(Path.of("/proc/self/maps")).contains(dir.toString());
  }

  /** A head tied to its embedding, bound under both names and computed with: one matrix. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void theWeightsOfAModuleAreThereOnce(@TempDir Path dir) throws IOException {
    try (PointerScope scope = new PointerScope();
        Model model = tied(dir)) {
      final long loaded = resident();
      Module module = new Module();
      Tensor embedding = placeholder();
      Tensor head = placeholder();
      module.register_parameter("embed", embedding);
      module.register_parameter("head", head);

      binding(model).into(module);
      head.mm(embedding.narrow(0, 0, 1).t()).sum().item_float();

      assertThat(head.data_ptr()).isEqualTo(embedding.data_ptr());
      assertOnce(loaded);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theWeightsOfAProgramAreThereOnce(@TempDir Path dir) throws IOException {
    try (PointerScope scope = new PointerScope();
        Model model = tied(dir)) {
      final long loaded = resident();
      JitModule program = new JitModule(new QualifiedName("Tied"));
      program.register_parameter("embed", placeholder(), false);
      program.register_parameter("head", placeholder(), false);
      program.define(
          """
          def forward(self, row: int):
              return self.head.mm(self.embed.narrow(0, row, 1).t()).sum()
          """);

      binding(model).into(program);
      IValueVector row = new IValueVector(new IValue(0));
      program.forward(row).toTensor().item_float();

      assertThat(program.attr("head").toTensor().data_ptr())
          .isEqualTo(program.attr("embed").toTensor().data_ptr());
      assertOnce(loaded);
    }
  }

  private static Model tied(Path dir) throws IOException {
    Path config =
        Files.writeString(
            dir.resolve("config.json"),
            """
            {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": %d,
             "hidden_size": %d, "intermediate_size": 8, "num_hidden_layers": 0,
             "num_attention_heads": 1, "tie_word_embeddings": true}
            """
                .formatted(VOCABULARY, WIDTH));
    return Tenon.init(config, LoadOptions.builder().rng(Rng.PHILOX).build());
  }

  private static Binding binding(Model model) {
    return Binding.of(model)
        .prefix("model.embed_tokens.weight", "embed")
        .prefix("lm_head.weight", "head")
        .allowUnmatchedInModel();
  }

  /** That nothing of the matrix's size came since the model was loaded. */
  private static void assertOnce(long loaded) throws IOException {
    assertThat(loaded).isGreaterThan(MATRIX);
    assertThat(resident() - loaded).isLessThan(MATRIX / 4);
  }

  private static Tensor placeholder() {
    var meta = new DeviceOptional(new org.bytedeco.pytorch.Device(torch.DeviceType.Meta));
    return torch.empty(
        new long[] {VOCABULARY, WIDTH}, new TensorOptions(ScalarType.Float).device(meta), null);
  }

  /** Bytes of this process in memory, its heap included. */
  private static long resident() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    throw new AssertionError("no VmRSS");
  }
}
