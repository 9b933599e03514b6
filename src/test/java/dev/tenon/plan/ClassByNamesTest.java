package dev.tenon.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tenon.plan.names.KeyMapping;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.GoldenFamilies;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.Tie;
import dev.tenon.skeleton.registry.Families;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which class of a family a checkpoint is of, told from what it holds. */
class ClassByNamesTest {
  private static final Set<String> TYPES =
      Set.of("bert", "gpt2", "llama", "t5", "bart", "whisper", "clip", "roberta", "vit", "mixtral");

  /** Classes that another one has all the names and shapes of, once ties have filled it. */
  private static final Map<String, String> SAME =
      Map.of(
          "BertLMHeadModel", "BertForMaskedLM",
          "RobertaForCausalLM", "RobertaForMaskedLM",
          "T5Model", "T5ForConditionalGeneration");

  @TempDir Path directory;

  static Stream<GoldenFamilies.Row> rows() {
    return GoldenFamilies.rows().stream()
        .filter(row -> row.variant().equals("small") && TYPES.contains(row.modelType()))
        .filter(
            row ->
                Families.ofType(row.modelType()).stream()
                    .anyMatch(it -> it.className().equals(row.className())));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void aClassIsToldFromItsOwnCheckpoint(GoldenFamilies.Row row) {
    Config config = config(row);
    Weights weights = weights(Families.skeleton(row.className(), config), name -> true);

    ClassByNames.Choice choice = choose(weights, config, null);

    assertThat(choice.className()).isEqualTo(SAME.getOrDefault(row.className(), row.className()));
    assertThat(choice.unexpected()).isZero();
    assertThat(choice.missing()).isZero();
    assertThat(choice.fits()).isTrue();
  }

  @Test
  void amongEqualsTheConfigsOwnWordCounts() {
    Config bert = config("BertLMHeadModel");
    Weights weights = weights(Families.skeleton("BertLMHeadModel", bert), name -> true);

    assertThat(choose(weights, bert, "MyOwnForCausalLM").className()).isEqualTo("BertLMHeadModel");
    assertThat(choose(weights, bert.with("is_decoder", true), null).className())
        .isEqualTo("BertLMHeadModel");
    assertThat(choose(weights, bert, "MyOwnForMaskedLM").className()).isEqualTo("BertForMaskedLM");
    Config t5 = config("T5Model");
    Weights tied = weights(Families.skeleton("T5Model", t5), name -> true);
    assertThat(choose(tied, t5, "T5WithLMHeadModel").className())
        .isEqualTo("T5ForConditionalGeneration");
  }

  @Test
  void theBasePrefixTellsATiedModelFromItsBase() {
    Config config = config("GPT2LMHeadModel");

    assertThat(choose(weights(Families.skeleton("GPT2Model", config), name -> true), config, null))
        .extracting(ClassByNames.Choice::className)
        .isEqualTo("GPT2Model");
    assertThat(
            choose(
                weights(Families.skeleton("GPT2LMHeadModel", config), name -> true), config, null))
        .extracting(ClassByNames.Choice::className)
        .isEqualTo("GPT2LMHeadModel");
  }

  @Test
  void anEncoderWithoutItsPoolerIsStillTheBase() {
    Config config = config("BertModel");
    Weights weights =
        weights(Families.skeleton("BertModel", config), name -> !name.contains("pooler"));

    ClassByNames.Choice choice = choose(weights, config, null);

    assertThat(choice.className()).isEqualTo("BertModel");
    assertThat(choice.missing()).isEqualTo(2);
    assertThat(choice.fits()).isTrue();
  }

  @Test
  void aHeadOfOnesOwnLeavesTheBase() {
    Config config = config("LlamaForCausalLM").with("tie_word_embeddings", false);
    Weights weights =
        weights(Families.skeleton("LlamaForCausalLM", config), name -> !name.startsWith("lm_head"))
            .add("reward.weight", 1, 3);

    ClassByNames.Choice choice = choose(weights, config, "LlamaForReward");

    assertThat(choice.className()).isEqualTo("LlamaModel");
    assertThat(choice.unexpected()).isOne();
    assertThat(choice.missing()).isZero();
  }

  @Test
  void aModelOfOtherLayersFitsNone() {
    Config config = config("BertModel");
    Weights weights =
        weights(Families.skeleton("BertModel", config), name -> !name.contains("output"));

    assertThat(choose(weights, config, "MyOwnModel").fits()).isFalse();
    assertThat(
            ClassByNames.of(
                Weights.of("a", "b").open(directory),
                config,
                Families.ofType("bert"),
                null,
                PlanOptions.DEFAULT))
        .isNull();
  }

  @Test
  void keysAreCalledAsTheCallerMapsThem() {
    Config config = config("GPT2LMHeadModel");
    Weights weights = Weights.of();
    for (Slot slot : Families.skeleton("GPT2Model", config).slots()) {
      weights.add(slot.dtype(), "old." + slot.name(), slot.shape().dims());
    }
    List<KeyMapping> mapping = List.of(new KeyMapping("^old\\.", "transformer."));

    ClassByNames.Choice choice =
        ClassByNames.of(
            weights.open(directory),
            config,
            Families.ofType("gpt2"),
            null,
            new PlanOptions(null, false, mapping));

    assertThat(choice).isNotNull();
    assertThat(choice.className()).isEqualTo("GPT2LMHeadModel");
  }

  private ClassByNames.Choice choose(Weights weights, Config config, String claimed) {
    return ClassByNames.of(
        weights.open(directory),
        config,
        Families.ofType(config.modelType()),
        claimed,
        PlanOptions.DEFAULT);
  }

  /** What a checkpoint of a model holds: what is stored, without what a tie fills. */
  private static Weights weights(Skeleton skeleton, Predicate<String> held) {
    Set<String> tied = new HashSet<>();
    for (Tie tie : skeleton.ties()) {
      tied.add(tie.target());
    }
    Weights weights = Weights.of();
    for (Slot slot : skeleton.slots()) {
      if (slot.persistent() && !tied.contains(slot.name()) && held.test(slot.name())) {
        weights.add(slot.dtype(), slot.name(), slot.shape().dims());
      }
    }
    return weights;
  }

  private static Config config(String className) {
    return config(
        rows().filter(row -> row.className().equals(className)).findFirst().orElseThrow());
  }

  private static Config config(GoldenFamilies.Row row) {
    ObjectNode fields = row.json().get("config").deepCopy();
    fields.remove("architectures");
    return Config.parse("config.json", fields.toString());
  }
}
