package dev.tenon.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.LoadOptions;
import dev.tenon.Tenon;
import dev.tenon.TenonException;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.LowRank;
import dev.tenon.plan.Step;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What adapters do to a plan, and what of them is refused. */
class AdaptersTest {
  private static final Path BASES = Path.of("src/test/resources/adapters/bases");
  private static final Path LLAMA = BASES.resolve("llama");
  private static final Path TIED = BASES.resolve("llama-tied");
  private static final Path GPT2 = BASES.resolve("gpt2");
  private static final Path MIXTRAL = BASES.resolve("mixtral");
  private static final String HEAD = "lm_head.weight";
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String QUERY = "model.layers.0.self_attn.q_proj";
  private static final String VALUE = "model.layers.0.self_attn.v_proj";

  @TempDir Path directory;

  @Test
  void aPairChangesTheWeightOfItsModuleWhichGetsMemoryOfItsOwn() {
    LoadPlan plan = plan(LLAMA, new WrittenAdapter().pair(QUERY, 24, 24));
    assertThat(plan.changes()).hasSize(1);
    LowRank change = plan.changes().get(0);
    assertThat(name(plan, change)).isEqualTo(QUERY + ".weight");
    assertThat(change.scale()).isEqualTo(1);
    assertThat(plan.steps()).filteredOn(AdaptersTest::isOwn).hasSize(1);
    assertThat(((Step.Read) plan.steps().get(change.slot())).viewable()).isFalse();
  }

  @Test
  void theFirstPatternThatAModulesNameEndsWithCounts() {
    LoadPlan plan =
        plan(
            LLAMA,
            new WrittenAdapter()
                .with("alpha_pattern", "{\"proj\":100,\"self_attn.(q|k)_proj\":8,\"q_proj\":3}")
                .pair(QUERY, 24, 24)
                .pair(VALUE, 12, 24));
    assertThat(plan.changes()).extracting(LowRank::scale).containsExactly(4.0, 1.0);
  }

  @Test
  void aRankPatternSaysHowLargeFactorsAreAndScales() {
    LoadPlan plan =
        plan(
            LLAMA,
            new WrittenAdapter()
                .with("r", "7")
                .with("rank_pattern", "{\"layers.0.self_attn.q_proj\":2}")
                .with("lora_alpha", "6")
                .pair(QUERY, 24, 24));
    assertThat(plan.changes()).extracting(LowRank::scale).containsExactly(3.0);
  }

  @Test
  void rankStabilisedFactorsAreDividedByTheRootOfTheirRank() {
    LoadPlan plan =
        plan(LLAMA, new WrittenAdapter().with("use_rslora", "true").pair(QUERY, 24, 24));
    assertThat(plan.changes()).extracting(LowRank::scale).containsExactly(2 / Math.sqrt(2));
  }

  @Test
  void aSquareWeightOfGpt2HasInputsFirst() {
    String square = "transformer.h.0.attn.c_proj";
    LowRank change = plan(GPT2, new WrittenAdapter().pair(square, 24, 24)).changes().get(0);
    assertThat(change.left().entry().name()).endsWith("lora_A.weight");
    String linear = "lm_head";
    LowRank head = plan(GPT2, new WrittenAdapter().pair(linear, 61, 24)).changes().get(0);
    assertThat(head.left().entry().name()).endsWith("lora_B.weight");
  }

  @Test
  void oneExpertOfAnOlderNameIsABoxOfTheStack() {
    String expert = "model.layers.0.block_sparse_moe.experts.2.w3";
    LowRank change = plan(MIXTRAL, new WrittenAdapter().pair(expert, 16, 24)).changes().get(0);
    assertThat(change.row()).isEqualTo(2 * 32 + 16);
    assertThat(change.width()).isEqualTo(24);
  }

  @Test
  void aTiedTensorIsChangedForAllItsNamesWithAWarning() {
    LoadPlan plan = plan(TIED, new WrittenAdapter().pair("lm_head", 61, 24));
    assertThat(name(plan, plan.changes().get(0))).isEqualTo(EMBEDDING);
    assertThat(plan.ties()).hasSize(1);
    assertThat(plan.warnings()).anyMatch(it -> it.contains(HEAD) && it.contains("tied tensor"));
  }

  @Test
  void aCopyOfATiedModulePartsTheTie() {
    LoadPlan plan =
        plan(
            TIED,
            new WrittenAdapter()
                .with("modules_to_save", "[\"embed_tokens\"]")
                .tensor(EMBEDDING, 1, 61, 24));
    assertThat(plan.ties()).isEmpty();
    assertThat(plan.parted()).extracting(tie -> tie.target()).containsExactly(HEAD);
    assertThat(step(plan, HEAD).entry().name()).isEqualTo(EMBEDDING);
    assertThat(step(plan, HEAD).entry().file().getFileName()).hasToString("model.safetensors");
    assertThat(step(plan, EMBEDDING).entry().file().getFileName())
        .hasToString("adapter_model.safetensors");
  }

  @Test
  void tiesWithinACopiedModuleHold() {
    LoadOptions options =
        options(
                new WrittenAdapter()
                    .with("modules_to_save", "[\"cls\"]")
                    .tensor("cls.predictions.bias", 1, 61)
                    .tensor("cls.predictions.decoder.bias", 1, 61)
                    .tensor("cls.predictions.decoder.weight", 1, 61, 24))
            .className("BertForMaskedLM")
            .build();
    LoadPlan plan = Tenon.plan(BASES.resolve("bert"), options);
    assertThat(plan.ties()).hasSize(1);
    assertThat(plan.parted())
        .extracting(tie -> tie.target())
        .containsExactly("cls.predictions.decoder.weight");
  }

  @Test
  void aTrainedEmbeddingThatIsNoCopyStaysTied() {
    LoadPlan plan = plan(TIED, new WrittenAdapter().tensor(EMBEDDING, 1, 61, 24));
    assertThat(plan.ties()).hasSize(1);
    assertThat(plan.parted()).isEmpty();
    assertThat(step(plan, EMBEDDING).entry().file().getFileName())
        .hasToString("adapter_model.safetensors");
  }

  @Test
  void aClassifierOfTheAdapterIsNotMissing() {
    LoadOptions options =
        options(
                new WrittenAdapter()
                    .with("modules_to_save", "[\"score\"]")
                    .tensor("score.weight", 1, 2, 24))
            .className("LlamaForSequenceClassification")
            .build();
    assertThat(Tenon.plan(LLAMA, options).missing()).isEmpty();
  }

  @Test
  void whatIsReplacedLosesEarlierChanges() {
    Path first = new WrittenAdapter().pair("lm_head", 61, 24).to(directory.resolve("first"));
    Path second = new WrittenAdapter().tensor(HEAD, 1, 61, 24).to(directory.resolve("second"));
    LoadOptions.Builder both = LoadOptions.builder();
    assertThat(Tenon.plan(LLAMA, both.adapter(first).adapter(second).build()).changes()).isEmpty();
    both.adapters(List.of(second, first));
    assertThat(Tenon.plan(LLAMA, both.build()).changes()).hasSize(1);
  }

  @Test
  void unknownFieldsAreAWarning() {
    LoadPlan plan = plan(LLAMA, new WrittenAdapter().with("use_magic", "true").pair(QUERY, 24, 24));
    assertThat(plan.warnings()).anyMatch(it -> it.contains("use_magic"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"IA3", "LOHA", "LOKR", "ADALORA", "PREFIX_TUNING", "XLORA", "lora"})
  void otherMethodsAreRefusedByName(String method) {
    refused(new WrittenAdapter().with("peft_type", '"' + method + '"').pair(QUERY, 24, 24))
        .hasMessageContaining("peft_type=" + method);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"layer_replication", "alora_invocation_tokens", "trainable_token_indices"})
  void otherKindsOfLoraAreRefusedByName(String field) {
    refused(new WrittenAdapter().with(field, "[1]").pair(QUERY, 24, 24))
        .hasMessageContaining(field);
    assertThat(plan(LLAMA, new WrittenAdapter().with(field, "null").pair(QUERY, 24, 24)).changes())
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pissa", "pissa_niter_16", "olora", "loftq", "corda", "lora_ga"})
  void adaptersThatChangedTheirBaseAreRefusedByName(String beginning) {
    refused(
            new WrittenAdapter()
                .with("init_lora_weights", '"' + beginning + '"')
                .pair(QUERY, 24, 24))
        .hasMessageContaining("init_lora_weights=" + beginning);
  }

  @Test
  void aFactorThatDoesNotFitIsRefusedWithBothShapes() {
    refused(new WrittenAdapter().pair(QUERY, 24, 32)).hasMessageContaining("[2, 32]", "[24, 24]");
    refused(new WrittenAdapter().with("r", "4").pair(QUERY, 24, 24)).hasMessageContaining("rank=4");
  }

  @Test
  void halfAPairIsRefused() {
    refused(new WrittenAdapter().tensor(QUERY + ".lora_A.weight", 1, 2, 24))
        .hasMessageContaining("one factor of a pair", "lacks=B");
  }

  @Test
  void aModuleThatTheModelLacksIsRefused() {
    refused(new WrittenAdapter().pair("model.layers.9.self_attn.q_proj", 24, 24))
        .hasMessageContaining("module=model.layers.9.self_attn.q_proj");
    refused(new WrittenAdapter().tensor("score.weight", 1, 2, 24))
        .hasMessageContaining("score.weight");
  }

  @Test
  void aVocabularyThatHasGrownInTheAdapterAloneIsRefused() {
    refused(new WrittenAdapter().tensor(EMBEDDING, 1, 64, 24))
        .hasMessageContaining("actual=[64, 24]", "expected=[61, 24]");
  }

  @Test
  void keysOfOtherMethodsAreRefusedWhateverTheConfigSays() {
    WrittenAdapter ranked = new WrittenAdapter().pair(QUERY, 24, 24);
    refused(ranked.tensor(QUERY + ".lora_E", 1, 2, 1)).hasMessageContaining("lora_E");
    refused(new WrittenAdapter().rawTensor(QUERY + ".lora_A.weight", 1, 2, 24))
        .hasMessageContaining("base_model.model.");
  }

  @Test
  void lengthsAndTheConfigHaveToAgreeOnDora() {
    String lengths = QUERY + ".lora_magnitude_vector";
    refused(new WrittenAdapter().pair(QUERY, 24, 24).tensor(lengths, 1, 24))
        .hasMessageContaining("use_dora=false");
    refused(new WrittenAdapter().with("use_dora", "true").pair(QUERY, 24, 24))
        .hasMessageContaining("use_dora=true");
  }

  @Test
  void aBiasThatTheBaseLacksIsRefused() {
    refused(
            new WrittenAdapter()
                .with("lora_bias", "true")
                .pair(QUERY, 24, 24)
                .tensor(QUERY + ".lora_B.bias", 1, 24))
        .hasMessageContaining("bias=none");
  }

  @Test
  void whatTheBasesFilesLackIsNotChanged() {
    LoadOptions options =
        options(new WrittenAdapter().pair("score", 2, 24))
            .className("LlamaForSequenceClassification")
            .build();
    assertThatThrownBy(() -> Tenon.plan(LLAMA, options))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("score.weight");
  }

  @Test
  void aPatternThatBacktracksWithoutEndIsAnError() {
    String endless = "{\"(([a-z._0-9]+)+)+!\":3}";
    refused(new WrittenAdapter().with("alpha_pattern", endless).pair(QUERY, 24, 24))
        .hasMessageContaining("does not come to an end");
  }

  private AbstractThrowableAssert<?, ? extends Throwable> refused(WrittenAdapter adapter) {
    LoadOptions options = options(adapter).build();
    return assertThatThrownBy(() -> Tenon.plan(LLAMA, options)).isInstanceOf(TenonException.class);
  }

  private LoadPlan plan(Path base, WrittenAdapter adapter) {
    return Tenon.plan(base, options(adapter).build());
  }

  private LoadOptions.Builder options(WrittenAdapter adapter) {
    return LoadOptions.builder().adapter(adapter.to(directory.resolve("adapter")));
  }

  private static boolean isOwn(Step step) {
    return step instanceof Step.Read read && read.own();
  }

  private static Step.Read step(LoadPlan plan, String name) {
    return (Step.Read) plan.steps().get(plan.skeleton().index().get(name));
  }

  private static String name(LoadPlan plan, LowRank change) {
    return plan.skeleton().slots().get(change.slot()).name();
  }
}
