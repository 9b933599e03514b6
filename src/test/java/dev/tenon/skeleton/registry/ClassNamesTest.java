package dev.tenon.skeleton.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassNamesTest {
  private static final List<String> LLAMA = ClassNames.of(Families.ofType("llama"));

  @Test
  void anEarlySpellingDiffersInCase() {
    assertThat(ClassNames.respelled("LLaMAForCausalLM", LLAMA)).isEqualTo("LlamaForCausalLM");
    assertThat(ClassNames.respelled("LlamaForCausal", LLAMA)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "T5WithLMHeadModel, LM",
    "T5ForConditionalGeneration, LM",
    "GPT2LMHeadModel, LM",
    "MyOwnForCausalLM, LM",
    "MarianMTModel, LM",
    "BertForMaskedLM, MaskedLM",
    "BertForTokenClassification, TokenClassification",
    "BertModel, ''"
  })
  void aNameSaysWhatItsHeadIsFor(String name, String task) {
    assertThat(ClassNames.task(name)).isEqualTo(task);
  }

  @Test
  void theNearestComeFirst() {
    assertThat(ClassNames.nearest("LlamaForCausaLM", LLAMA))
        .hasSize(3)
        .startsWith("LlamaForCausalLM");
    assertThat(ClassNames.nearest("x".repeat(1 << 20), LLAMA)).hasSize(3);
  }
}
