package dev.tenon.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.Model;
import dev.tenon.bind.BindingReport.Match;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** TorchScript that torch 2.13 saved, on the libtorch that is here. */
class ProgramBindingTest {
  private PointerScope scope;

  @BeforeEach
  void open() {
    scope = new PointerScope();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static JitModule program(String name) {
    return torch.load(Golden.file(name).toString());
  }

  /** Runs more often than TorchScript watches before it optimises. */
  private static Tensor run(JitModule program, Tensor... inputs) {
    IValueVector values = new IValueVector();
    for (Tensor input : inputs) {
      values.push_back(new IValue(input));
    }
    program.forward(values);
    program.forward(values);
    return program.forward(values).toTensor();
  }

  /** The file's own weights are others: what answers are the model's. */
  @Test
  void aTracedProgramAnswersAsTheReferenceDoes() {
    JitModule program = program("bert-traced.pt");
    try (Model bert = Golden.load("bert");
        Golden golden = new Golden("bert")) {
      Tensor ids = golden.get("input_ids");
      Tensor mask = golden.get("attention_mask");
      assertThat(run(program, ids, mask).allclose(golden.get("logits"))).isFalse();

      BindingReport report = Binding.of(bert).prefix("", "model").into(program);

      golden.assertAnswer("logits", run(program, ids, mask));
      assertThat(report.unmatchedInModel()).isEmpty();
      assertThat(report.unmatchedInModule()).isEmpty();
      assertThat(report.matched())
          .contains(
              new Match("bert.embeddings.position_ids", "model.bert.embeddings.position_ids"));
      assertShared(report, bert, Places.of(program));
    }
  }

  /** The program was written for a model without weights, and no file holds any but the model's. */
  @Test
  void aScriptedProgramWithoutWeightsAnswersAsTheReferenceDoes() {
    JitModule program = program("llama-scripted.pt");
    try (Model llama = Golden.load("llama");
        Golden golden = new Golden("llama")) {
      assertThat(Places.of(program).values()).allMatch(Tensor::is_meta);

      BindingReport report = Binding.of(llama).prefix("model", "").into(program);

      golden.assertAnswer("logits", run(program, golden.get("prompt")));
      assertThat(report.matched())
          .contains(new Match("model.rotary_emb.inv_freq", "rotary_emb.inv_freq"));
      assertShared(report, llama, Places.of(program));
    }
  }

  private static void assertShared(BindingReport report, Model model, Map<String, Tensor> places) {
    for (Match match : report.matched()) {
      assertThat(places.get(match.inModule()).data_ptr())
          .isEqualTo(model.tensor(match.inModel()).data_ptr());
    }
  }

  @Test
  void aFrozenProgramHasNoPlaces() {
    JitModule program = program("bert-traced.pt");
    program.eval();
    JitModule frozen = torch.freeze(program);
    try (Model bert = Golden.load("bert")) {
      Binding binding = Binding.of(bert).prefix("", "model");

      assertThat(binding.compare(frozen).matched()).isEmpty();
      assertThatThrownBy(() -> binding.allowUnmatchedInModel().into(frozen))
          .hasMessage(
              "The module has no parameters: a frozen program holds its weights as constants");
    }
  }

  @Test
  void anotherModelsProgramIsRefused() {
    JitModule program = program("bert-traced.pt");
    try (Model llama = Golden.load("llama")) {
      assertThatThrownBy(() -> Binding.of(llama).allowUnmatchedInModel().into(program))
          .hasMessage(
              "Model and module have no name in common: model=model.embed_tokens.weight,"
                  + " module=model.bert.embeddings.word_embeddings.weight");
    }
  }
}
