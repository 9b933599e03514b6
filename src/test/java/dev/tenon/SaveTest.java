package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SaveTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");
  private static final Path TIED = SCENARIOS.resolve("gemma2-tied-source-only");
  private static final Path PARTED = SCENARIOS.resolve("gemma2-tied-both-different");
  private static final Path EXPERTS = SCENARIOS.resolve("mixtral-experts-separate");
  private static final String HEAD = "lm_head.weight";
  private static final String EMBEDDING = "model.embed_tokens.weight";

  @TempDir(factory = InMemory.class)
  private Path dir;

  private Path out;

  @BeforeEach
  void nothingThere() {
    out = dir.resolve("out");
  }

  @Test
  void pairsOfFourBitsLeaveAsTheyCame() throws IOException {
    String header = "{\"w\":{\"dtype\":\"F4\",\"shape\":[2,8],\"data_offsets\":[0,8]}}";
    ByteBuffer file =
        ByteBuffer.allocate(16 + header.length())
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length())
            .put(header.getBytes(StandardCharsets.UTF_8))
            .put(new byte[] {1, -2, 3, -4, 5, -6, 7, -8});
    Path from = Files.createDirectories(dir.resolve("from"));
    Files.write(from.resolve("model.safetensors"), file.array());
    Files.writeString(
        from.resolve("skeleton.json"),
        """
        {"format": "tenon-skeleton", "version": 1, "class": "C", "modelType": "c", "baseModelPrefix": "",
         "slots": [{"name": "w", "shape": [2, 4], "kind": "parameter", "dtype": "float4_e2m1fn_x2"}],
         "ties": [], "values": [], "rules": [{"rule": "constant", "value": 0}], "init": [[0, 0]],
         "ignoreMissing": [], "keepInFp32": [], "renamings": [], "conversions": [], "notes": []}
        """);
    try (Model model = Tenon.load(from, LoadOptions.defaults())) {
      assertThat(model.tensor("w").shape()).containsExactly(2, 4);
      model.save(out, SaveOptions.defaults());
    }
    try (Model model = Tenon.load(out, LoadOptions.defaults())) {
      Saved.assertSame(model, from);
      assertThat(Tenon.inspect(out).entries().get(0).shape()).hasToString("[2, 8]");
    }
  }

  @Test
  void oneNameOfATieIsWritten() {
    try (Model model = Tenon.load(TIED, LoadOptions.defaults())) {
      SaveReport report = model.save(out, SaveOptions.defaults());

      assertThat(names()).contains(EMBEDDING).doesNotContain(HEAD);
      assertThat(report.files()).containsExactly(out.resolve("model.safetensors"));
      assertThat(report.tensors()).isEqualTo(names().size());
      assertThat(report.bytes()).isEqualTo(Tenon.inspect(out).bytes());
    }
  }

  @Test
  void whatWasUntiedIsWrittenTwiceAndStaysUntied() throws IOException {
    try (Model model = Tenon.load(TIED, LoadOptions.defaults())) {
      model.tieWordEmbeddings(false);
      model.save(out, SaveOptions.defaults());

      assertThat(names()).contains(EMBEDDING, HEAD);
      assertThat(Saved.config(out).get("tie_word_embeddings").booleanValue()).isFalse();
      Saved.assertSame(model, out);
    }
  }

  @Test
  void aPartedTieIsWrittenTwiceUntilItsSidesAreEqual() {
    try (Model model = Tenon.load(PARTED, LoadOptions.defaults())) {
      model.save(out, SaveOptions.defaults());
      assertThat(names()).contains(EMBEDDING, HEAD);
      Saved.assertSame(model, out);

      fill(model.tensor(HEAD), 1);
      fill(model.tensor(EMBEDDING), 1);
      model.save(out, SaveOptions.defaults());
      assertThat(names()).contains(EMBEDDING).doesNotContain(HEAD);
    }
  }

  @Test
  void zeroesOfBothSignsAreNotEqual() {
    try (Model model = Tenon.load(PARTED, LoadOptions.defaults())) {
      fill(model.tensor(HEAD), 0.0);
      fill(model.tensor(EMBEDDING), -0.0);
      model.save(out, SaveOptions.defaults());

      assertThat(names()).contains(EMBEDDING, HEAD);
      Saved.assertSame(model, out);
    }
  }

  @Test
  void itIsSavedInTheDTypeItHas() throws IOException {
    try (Model model = Tenon.load(TIED, LoadOptions.defaults())) {
      model.to("cpu", DType.BF16);
      SaveReport report = model.save(out, SaveOptions.defaults());

      assertThat(report.dtype()).isEqualTo(DType.BF16);
      assertThat(Saved.config(out).get("dtype").textValue()).isEqualTo("bfloat16");
      assertThat(Tenon.inspect(out).entries()).allMatch(entry -> entry.dtype() == DType.BF16);
      Saved.assertSame(model, out);
    }
  }

  @Test
  void expertsAreWrittenOneByOneOrAsTheModelHasThem() {
    try (Model model = Tenon.load(EXPERTS, LoadOptions.defaults())) {
      model.save(out, SaveOptions.defaults());
      assertThat(names()).contains("model.layers.0.block_sparse_moe.experts.1.w3.weight");
      Saved.assertSame(model, out);

      model.save(out, SaveOptions.defaults().checkpointNames(false));
      assertThat(names())
          .contains("model.layers.0.mlp.experts.gate_up_proj")
          .noneMatch(name -> name.contains("block_sparse_moe"));
      Saved.assertSame(model, out);
    }
  }

  @Test
  void whatNoLoadConvertedIsNotConvertedBack() {
    try (Model model = Tenon.load(EXPERTS, LoadOptions.defaults())) {
      model.save(out, SaveOptions.defaults().checkpointNames(false));
    }
    Path again = dir.resolve("again");
    try (Model model = Tenon.load(out, LoadOptions.defaults())) {
      model.save(again, SaveOptions.defaults());
      assertThat(Tenon.inspect(again).find("model.layers.0.mlp.experts.gate_up_proj")).isNotNull();
    }
  }

  @Test
  void anUnknownModelIsSavedUnderItsFilesNames() throws IOException {
    Path weights = Files.copy(TIED.resolve("model.safetensors"), dir.resolve("some.safetensors"));
    try (Model model = Tenon.load(weights, LoadOptions.defaults())) {
      model.save(out, SaveOptions.defaults());

      assertThat(out.resolve("config.json")).doesNotExist();
      assertThat(names())
          .isEqualTo(Tenon.inspect(weights).entries().stream().map(TensorEntry::name).toList());
      Saved.assertSame(model, out);
    }
  }

  /** Who wrote it may know of a packing that Tenon does not. */
  @Test
  void whatAConfigSaysOfQuantisationStaysOverPlainWeightsToo() throws IOException {
    Path source = copy(TIED, "source");
    Path config = source.resolve("config.json");
    String said = "{\"quantization_config\": {\"quant_method\": \"unheard\"},";
    Files.writeString(config, Files.readString(config).replaceFirst("\\{", said));
    List<String> warnings;
    try (Model model = Tenon.load(source, LoadOptions.defaults())) {
      warnings = model.report().warnings();
      model.save(out, SaveOptions.defaults());
    }
    assertThat(warnings).singleElement().asString().contains("quant_method=unheard");
    assertThat(Saved.config(out).at("/quantization_config/quant_method").textValue())
        .isEqualTo("unheard");
    try (Model model = Tenon.load(out, LoadOptions.defaults())) {
      Saved.assertSame(model, source);
      assertThat(model.report().warnings()).singleElement().asString().contains("unheard");
    }
  }

  @Test
  void theGenerationConfigIsTheOneOfTheLoad() throws IOException {
    Path source = copy(TIED, "source");
    Files.writeString(source.resolve("generation_config.json"), "{\"top_k\": 1}");
    try (Model model = Tenon.load(source, LoadOptions.defaults())) {
      Files.writeString(source.resolve("generation_config.json"), "{\"top_k\": 2}");
      model.save(out, SaveOptions.defaults());
    }
    assertThat(out.resolve("generation_config.json")).hasContent("{\"top_k\": 1}");

    try (Model model = Tenon.load(EXPERTS, LoadOptions.defaults())) {
      model.save(out, SaveOptions.defaults());
    }
    assertThat(out.resolve("generation_config.json")).doesNotExist();
  }

  @Test
  void aSkeletonFileGoesWithTheWeights() throws IOException {
    Path skeleton = Path.of("src/test/resources/skeletons/olmoe.json");
    Path config = dir.resolve("config.json");
    Files.writeString(
        config, "{\"model_type\": \"olmoe\", \"architectures\": [\"OlmoeForCausalLM\"]}");
    try (Model model = Tenon.init(config, LoadOptions.builder().skeleton(skeleton).build())) {
      model.save(out, SaveOptions.defaults());

      assertThat(out.resolve("skeleton.json")).hasSameTextualContentAs(skeleton);
      Saved.assertSame(model, out);
    }
  }

  @Test
  void anotherVocabularyIsInTheConfig() throws IOException {
    try (Model model = Tenon.load(TIED, LoadOptions.defaults())) {
      model.resizeTokenEmbeddings(130);
      model.save(out, SaveOptions.defaults());

      assertThat(Saved.config(out).get("vocab_size").intValue()).isEqualTo(130);
      Saved.assertSame(model, out);
    }
  }

  @Test
  void whatWasReleasedIsNotSavedAndWhatSharedItIs() {
    try (Model model = Tenon.load(TIED, LoadOptions.defaults())) {
      model.release("model.layers.1");
      model.release("model.embed_tokens");
      model.save(out, SaveOptions.defaults());

      assertThat(names()).contains(HEAD).doesNotContain(EMBEDDING);
      assertThat(names()).noneMatch(name -> name.startsWith("model.layers.1."));
      assertThat(names()).anyMatch(name -> name.startsWith("model.layers.0."));
    }
  }

  @Test
  void overTheFilesItIsMappedFrom() throws IOException {
    Path source = copy(SCENARIOS.resolve("gemma2-sharded"), "source");
    try (Model model = Tenon.load(source, LoadOptions.defaults())) {
      Map<String, Integer> before = model.digests();
      for (long bytes : new long[] {Saved.SHARD_BYTES, 1L << 40, 3_000}) {
        model.save(source, SaveOptions.defaults().maxShardBytes(bytes));

        assertThat(model.digests()).isEqualTo(before);
        Saved.assertSame(model, source);
      }
      assertThat(source).isDirectoryNotContaining("glob:**.tenon-save");
    }
  }

  @Test
  void aModelOnMetaHasNothingToSave() {
    try (Model model = Tenon.load(TIED, LoadOptions.meta())) {
      assertThatThrownBy(() -> model.save(out, SaveOptions.defaults()))
          .isInstanceOf(TenonException.class)
          .hasMessageContaining("A model on meta has no bytes to save")
          .hasMessageContaining("class=Gemma2ForCausalLM");
    }
    assertThat(out).doesNotExist();
  }

  @Test
  void aClosedModelIsRefused() {
    Model model = Tenon.load(TIED, LoadOptions.defaults());
    model.close();

    assertThatThrownBy(() -> model.save(out, SaveOptions.defaults()))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("it is closed");
  }

  @Test
  void aSaveIsAUseLikeAnyOther() {
    try (Model model = Tenon.load(TIED, LoadOptions.defaults())) {
      List<String> refused = new ArrayList<>();
      SaveProgress closer =
          (done, total) ->
              assertThatThrownBy(model::close)
                  .satisfies(refusal -> refused.add(refusal.getMessage()));
      model.save(out, SaveOptions.defaults().progress(closer));

      assertThat(refused).isNotEmpty().allMatch(it -> it.contains("in use"));
      Saved.assertSame(model, out);
    }
  }

  @Test
  void progressEndsWhereTheBytesEnd() {
    try (Model model = Tenon.load(TIED, LoadOptions.defaults())) {
      List<Long> seen = new ArrayList<>();
      SaveReport report =
          model.save(
              out,
              SaveOptions.defaults()
                  .progress(
                      (done, total) -> {
                        assertThat(done).isLessThanOrEqualTo(total);
                        seen.add(done);
                      }));

      assertThat(seen).isSorted().last().isEqualTo(report.bytes());
    }
  }

  @Test
  void aShardHoldsAtLeastAByte() {
    assertThatThrownBy(() -> SaveOptions.defaults().maxShardBytes(0))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("maxShardBytes=0");
  }

  private List<String> names() {
    return Tenon.inspect(out).entries().stream().map(TensorEntry::name).toList();
  }

  private Path copy(Path checkpoint, String name) throws IOException {
    Path copy = Files.createDirectory(dir.resolve(name));
    try (Stream<Path> files = Files.list(checkpoint)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  private static void fill(Tensor tensor, double value) {
    try (Scalar scalar = new Scalar(value);
        Tensor plain = tensor.detach()) {
      plain.fill_(scalar).close();
    }
  }
}
