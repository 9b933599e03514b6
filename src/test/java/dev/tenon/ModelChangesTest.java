package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be done to a model that is there: other vocabularies, parts given up, other dtypes. */
class ModelChangesTest {
  private static final Path SCENARIOS = Path.of("src/test/resources/scenarios");
  private static final String HEAD = "lm_head.weight";
  private static final String EMBEDDING = "model.embed_tokens.weight";

  private static Model load(String scenario) {
    return Tenon.load(SCENARIOS.resolve(scenario), LoadOptions.defaults());
  }

  private static boolean startsWith(Tensor longer, Tensor start) {
    try (Tensor same = longer.narrow(0, 0, start.size(0))) {
      return same.equal(start);
    }
  }

  @Test
  void moreTokensKeepTheTieAndTheOldRows() {
    try (Model model = load("gemma2-tied-source-only");
        Model before = load("gemma2-tied-source-only")) {
      model.resizeTokenEmbeddings(101);

      assertThat(model.tensor(HEAD)).isSameAs(model.tensor(EMBEDDING));
      assertThat(model.tensor(HEAD).shape()).containsExactly(101, 24);
      assertThat(model.tensor(HEAD).requires_grad()).isTrue();
      assertThat(startsWith(model.tensor(HEAD), before.tensor(HEAD))).isTrue();
      assertThat(model.config().integer("vocab_size")).isEqualTo(101);
      assertThat(shape(model, HEAD)).isEqualTo("[101, 24]");

      model.tieWordEmbeddings(false);
      assertThat(model.tensor(HEAD).data_ptr()).isNotEqualTo(model.tensor(EMBEDDING).data_ptr());
      model.tieWordEmbeddings(true);
      assertThat(model.tied()).containsExactly(List.of(EMBEDDING, HEAD));
    }
  }

  private static String shape(Model model, String name) {
    return model.skeleton().slots().stream()
        .filter(slot -> slot.name().equals(name))
        .map(Slot::shape)
        .findFirst()
        .orElseThrow()
        .toString();
  }

  @Test
  void fewerTokensCutTheEndOff() {
    try (Model model = load("gemma2-tied-source-only");
        Model before = load("gemma2-tied-source-only")) {
      model.resizeTokenEmbeddings(7);

      assertThat(model.tensor(HEAD).shape()).containsExactly(7, 24);
      assertThat(startsWith(before.tensor(HEAD), model.tensor(HEAD))).isTrue();
    }
  }

  @Test
  void aMultipleIsRoundedUpTo() {
    try (Model model = load("gemma2-tied-source-only")) {
      model.resizeTokenEmbeddings(97, 64);
      assertThat(model.tensor(HEAD).size(0)).isEqualTo(128);
      model.resizeTokenEmbeddings(128, 64);
      assertThat(model.tensor(HEAD).size(0)).isEqualTo(128);
      assertThatThrownBy(() -> model.resizeTokenEmbeddings(0))
          .hasMessageContaining("tokens=0, multiple=1");
    }
  }

  @Test
  void theSameNumberChangesNothing() {
    try (Model model = load("gemma2-tied-source-only")) {
      Tensor before = model.tensor(HEAD);
      model.resizeTokenEmbeddings(97);
      assertThat(model.tensor(HEAD)).isSameAs(before);
    }
  }

  @Test
  void partedSidesStayApart() {
    try (Model model = load("gemma2-tied-both-different");
        Model before = load("gemma2-tied-both-different")) {
      model.resizeTokenEmbeddings(99);

      assertThat(model.tied()).isEmpty();
      for (String name : List.of(HEAD, EMBEDDING)) {
        assertThat(model.tensor(name).shape()).containsExactly(99, 24);
        assertThat(startsWith(model.tensor(name), before.tensor(name))).isTrue();
      }
      assertThat(model.tensor(HEAD).equal(model.tensor(EMBEDDING))).isFalse();
    }
  }

  @Test
  void theHeadsBiasFollows() {
    try (Model model = load("bert-mlm")) {
      Tensor words = model.tensor("bert.embeddings.word_embeddings.weight");
      long more = words.size(0) + 5;
      model.resizeTokenEmbeddings(more);

      assertThat(model.tensor("cls.predictions.bias").shape()).containsExactly(more);
      assertThat(model.tensor("cls.predictions.decoder.bias"))
          .isSameAs(model.tensor("cls.predictions.bias"));
      assertThat(model.tensor("cls.predictions.decoder.weight"))
          .isSameAs(model.tensor("bert.embeddings.word_embeddings.weight"));
    }
  }

  @Test
  void aBuffersNewEntriesAreZero() {
    LoadOptions options =
        LoadOptions.builder().className("BartForConditionalGeneration").seed(3).build();
    try (Model model = Tenon.load(SCENARIOS.resolve("bart-base-into-head"), options)) {
      Tensor bias = model.tensor("final_logits_bias");
      long tokens = bias.size(1);
      model.resizeTokenEmbeddings(tokens + 2);

      assertThat(model.tensor("final_logits_bias").shape()).containsExactly(1, tokens + 2);
      try (Tensor added = model.tensor("final_logits_bias").narrow(1, tokens, 2);
          Tensor sum = added.abs().sum()) {
        assertThat(sum.item_double()).isZero();
      }
      assertThat(model.tensor("lm_head.weight")).isSameAs(model.tensor("model.shared.weight"));
    }
  }

  @Test
  void withoutTokensThereIsNothingToResize() {
    try (Model model = load("rtdetrv2-full")) {
      assertThatThrownBy(() -> model.resizeTokenEmbeddings(10))
          .isInstanceOf(TenonException.class)
          .hasMessageContaining("Nothing says which slots have a row for each token");
    }
  }

  @Test
  void metaHasNoRowsToBeLike() {
    LoadOptions meta = LoadOptions.meta();
    try (Model model = Tenon.load(SCENARIOS.resolve("gemma2-tied-source-only"), meta)) {
      model.resizeTokenEmbeddings(101);
      assertThat(model.tensor(HEAD).shape()).containsExactly(101, 24);
    }
  }

  @Test
  void aReleasedModuleIsGoneAndTheRestIsNot() {
    try (Model model = load("gemma2-tied-source-only")) {
      Map<String, Integer> before = model.digests();
      List<String> names = new ArrayList<>(model.names());
      Tensor gone = model.tensor("model.layers.1.mlp.up_proj.weight");

      model.release("model.layers.1");

      names.removeIf(name -> name.startsWith("model.layers.1."));
      assertThat(model.names()).isEqualTo(names);
      assertThat(gone.isNull()).isTrue();
      before.keySet().retainAll(names);
      assertThat(model.digests()).isEqualTo(before);
      assertThatThrownBy(() -> model.tensor("model.layers.1.mlp.up_proj.weight"))
          .hasMessageContaining("no such tensor any more: name=model.layers.1.mlp");
      assertThatThrownBy(() -> model.release("model.layers.1"))
          .hasMessageContaining("no such module or tensor: name=model.layers.1,");
      assertThatThrownBy(() -> model.release("model.layer"))
          .hasMessageContaining("no such module or tensor: name=model.layer,");
      model.to("cpu", DType.F64);
      model.tieWordEmbeddings(false);
    }
  }

  @Test
  void aTiedNameThatIsReleasedLeavesTheTensorToTheOther() {
    try (Model model = load("gemma2-tied-source-only")) {
      Map<String, Integer> before = model.digests();

      model.release(EMBEDDING);

      assertThat(model.tied()).isEmpty();
      assertThat(model.digests()).containsEntry(HEAD, before.get(HEAD));
      model.tieWordEmbeddings(true);
      assertThat(model.tied()).isEmpty();
      model.resizeTokenEmbeddings(99);
      assertThat(model.tensor(HEAD).shape()).containsExactly(99, 24);
      model.release(HEAD);
      assertThat(model.names()).doesNotContain(HEAD, EMBEDDING);
    }
  }

  @Test
  void aFileNoTensorIsLeftOverIsUnmapped(@TempDir Path directory) throws IOException {
    assumeThat(MappedRegions.known()).as("/proc/self/maps is there").isTrue();
    MappedRegions.copy(SCENARIOS.resolve("gemma2-sharded"), directory);
    try (Model model = Tenon.load(directory, LoadOptions.defaults())) {
      long all = MappedRegions.of(directory);
      model.release("model.layers");
      assertThat(MappedRegions.of(directory)).isPositive().isLessThan(all);
      model.release("");
      assertThat(MappedRegions.of(directory)).isZero();
      assertThat(model.names()).isEmpty();
    }
  }

  @Test
  void whatALoadKeepsInFloat32AMoveKeepsToo() {
    LoadOptions float32 = LoadOptions.builder().dtype(DType.F32).build();
    try (Model model = Tenon.load(SCENARIOS.resolve("t5-fp16-keeps-wo"), float32);
        Model loaded =
            Tenon.load(
                SCENARIOS.resolve("t5-fp16-keeps-wo"),
                LoadOptions.builder().dtype(DType.F16).build())) {
      model.to("cpu", DType.F16);

      assertThat(types(model)).isEqualTo(types(loaded)).contains(ScalarType.Float, ScalarType.Half);
      assertThat(model.tied()).isEqualTo(loaded.tied()).isNotEmpty();
    }
  }

  private static List<ScalarType> types(Model model) {
    return model.names().stream().map(it -> model.tensor(it).scalar_type().intern()).toList();
  }
}
