package dev.tenon.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.LoadOptions;
import dev.tenon.Model;
import dev.tenon.Tenon;
import dev.tenon.TenonException;
import dev.tenon.bind.BindingReport.Match;
import dev.tenon.bind.BindingReport.Mismatch;
import dev.tenon.tensor.DType;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BindingTest {
  private static final String WORDS = "bert.embeddings.word_embeddings.weight";

  private PointerScope scope;
  private Model bert;

  @BeforeEach
  void load() {
    scope = new PointerScope();
    bert = Golden.load("bert");
  }

  @AfterEach
  void close() {
    bert.close();
    scope.close();
  }

  private Binding atRoot() {
    return Binding.of(bert).prefix("bert", "");
  }

  private static Tensor onMeta(ScalarType type, long... shape) {
    var meta = new DeviceOptional(new org.bytedeco.pytorch.Device(torch.DeviceType.Meta));
    return torch.empty(shape, new TensorOptions(type).device(meta), null);
  }

  @Test
  void aBoundModuleAnswersAsTheReferenceDoes() {
    BertModule module = new BertModule();

    BindingReport report = atRoot().into(module);

    assertThat(report.matched())
        .hasSize(43)
        .contains(
            new Match(
                "bert.encoder.layer.1.output.dense.bias", "encoder.layer.1.output.dense.bias"));
    assertThat(report.unmatchedInModule()).isEmpty();
    assertThat(report.mismatched()).isEmpty();
    try (Golden golden = new Golden("bert")) {
      Tensor logits = module.forward(golden.get("input_ids"), golden.get("attention_mask"));
      golden.assertAnswer("logits", logits);
    }
  }

  @Test
  void nothingIsCopiedAndTiesHold() {
    BertModule module = new BertModule();

    BindingReport report = atRoot().into(module);

    Map<String, Tensor> places = Places.of(module);
    for (Match match : report.matched()) {
      assertThat(places.get(match.inModule()).data_ptr())
          .isEqualTo(bert.tensor(match.inModel()).data_ptr());
    }
    assertThat(module.decoder().weight().data_ptr())
        .isEqualTo(places.get("embeddings.word_embeddings.weight").data_ptr());
  }

  /** A bias tied to the decoder's is bound with it; what no file holds a module computes itself. */
  @Test
  void namesWithoutAPlaceAreReported() {
    BindingReport report = atRoot().compare(new BertModule());

    assertThat(report.unmatchedInModel())
        .containsExactly("bert.embeddings.position_ids", "bert.embeddings.token_type_ids");
  }

  @Test
  void whatDoesNotFitIsRefusedAtOnceAndNothingChanges() {
    Module module = new Module();
    LinearImpl query = module.register_module("query", new LinearImpl(32, 32));
    module.register_module("key", new LinearImpl(31, 32));
    module.register_module("other", new LinearImpl(2, 2));
    Tensor before = query.weight().clone();
    Binding binding = Binding.of(bert).prefix("bert.encoder.layer.0.attention.self", "");

    assertThatThrownBy(() -> binding.into(module))
        .isInstanceOf(TenonException.class)
        .hasMessageStartingWith(
            "Model and module do not fit: unmatchedInModel=[bert.embeddings.word_embeddings.weight,")
        .hasMessageContaining(", and 35 more]")
        .hasMessageContaining("unmatchedInModule=[other.weight, other.bias]")
        .hasMessageEndingWith("mismatched=[key.weight: model=[32, 32], module=[32, 31]]");

    assertThat(query.weight().equal(before)).isTrue();
    assertThatThrownBy(() -> binding.allowUnmatchedInModel().allowUnmatchedInModule().into(module))
        .hasMessageContaining("mismatched");
  }

  @Test
  void partsAreBoundWhereTheyAreAllowed() {
    Module module = new Module();
    LinearImpl query = module.register_module("query", new LinearImpl(32, 32));
    LinearImpl other = module.register_module("other", new LinearImpl(2, 2));
    Tensor untouched = other.weight().clone();

    BindingReport report =
        Binding.of(bert)
            .prefix("bert.encoder.layer.1.attention.self", "")
            .allowUnmatchedInModel()
            .allowUnmatchedInModule()
            .into(module);

    assertThat(report.matched()).hasSize(2);
    assertThat(report.unmatchedInModule()).containsExactly("other.weight", "other.bias");
    assertThat(
            query.weight().equal(bert.tensor("bert.encoder.layer.1.attention.self.query.weight")))
        .isTrue();
    assertThat(other.weight().equal(untouched)).isTrue();
  }

  @Test
  void aModuleMadeOnMetaGetsItsBytesAndKeepsWhatItTrains() {
    Module module = new Module();
    Tensor words = onMeta(ScalarType.Float, 31, 32);
    Tensor positions = onMeta(ScalarType.Float, 48, 32);
    module.register_parameter("words", words);
    module.register_parameter("positions", positions, false);
    Binding binding =
        Binding.of(bert)
            .prefix(WORDS, "words")
            .prefix("bert.embeddings.position_embeddings.weight", "positions")
            .allowUnmatchedInModel();

    binding.into(module);

    assertThat(words.is_meta()).isFalse();
    assertThat(words.data_ptr()).isEqualTo(bert.tensor(WORDS).data_ptr());
    assertThat(words.requires_grad()).isTrue();
    assertThat(positions.requires_grad()).isFalse();
    words.mul(words).sum().backward();
    assertThat(words.grad().equal(words.mul(new Scalar(2)))).isTrue();
    assertThat(bert.tensor(WORDS).grad().defined()).isFalse();
  }

  @Test
  void aModuleFollowsTheModelsDtype() {
    bert.to("cpu", DType.BF16);
    BertModule module = new BertModule();

    atRoot().into(module);

    assertThat(module.decoder().weight().scalar_type().intern()).isEqualTo(ScalarType.BFloat16);
    assertThat(module.decoder().weight().requires_grad()).isTrue();
  }

  @Test
  void anIntegerIsNoFloatingPointNumber() {
    Module module = new Module();
    module.register_buffer("ids", onMeta(ScalarType.Float, 1, 48));

    BindingReport report =
        Binding.of(bert).prefix("bert.embeddings.position_ids", "ids").compare(module);

    assertThat(report.mismatched())
        .containsExactly(
            new Mismatch("bert.embeddings.position_ids", "ids", "model=Long, module=Float"));
  }

  @Test
  void whatTheModuleTiesTheModelMustHoldAsOne() {
    Module module = new Module();
    Tensor both = onMeta(ScalarType.Float, 31, 32);
    module.register_parameter("in", both);
    module.register_parameter("out", both);
    Binding binding =
        Binding.of(bert)
            .prefix(WORDS, "in")
            .prefix("cls.predictions.decoder.weight", "out")
            .allowUnmatchedInModel();

    bert.tieWordEmbeddings(false);
    assertThatThrownBy(() -> binding.into(module))
        .hasMessageEndingWith(
            "mismatched=[out: the module has one tensor for it and for " + WORDS + "]");
    assertThat(both.is_meta()).isTrue();

    bert.tieWordEmbeddings(true);
    assertThat(binding.into(module).matched()).hasSize(2);
    assertThat(both.is_meta()).isFalse();
  }

  @Test
  void aTieFillsBothOfTheModulesNames() {
    Module module = new Module();
    Tensor both = onMeta(ScalarType.Float, 31, 32);
    module.register_parameter("in", both);
    module.register_parameter("out", both);

    BindingReport report =
        Binding.of(bert).prefix(WORDS, "in").allowUnmatchedInModel().into(module);

    assertThat(report.unmatchedInModule()).isEmpty();
    assertThat(report.unmatchedInModel())
        .doesNotContain("cls.predictions.decoder.weight")
        .contains("cls.predictions.transform.dense.weight");
  }

  @Test
  void whatTheModelReleasedItHasNot() {
    bert.release("cls");

    BindingReport report = atRoot().compare(new BertModule());

    assertThat(report.unmatchedInModule()).hasSize(6).contains("cls.predictions.decoder.weight");
  }

  @Test
  void twoNamesHaveNoPlaceInCommon() {
    Binding binding =
        Binding.of(bert)
            .prefix("bert.encoder.layer.0", "layer")
            .prefix("bert.encoder.layer.1", "layer");
    Module module = new Module();
    Module layer = module.register_module("layer", new Module());
    layer.register_module("output", new Module()).register_module("dense", new LinearImpl(48, 32));

    assertThatThrownBy(() -> binding.compare(module))
        .hasMessage(
            "Two names of the model lead to one place:"
                + " names=[bert.encoder.layer.0.output.dense.weight,"
                + " bert.encoder.layer.1.output.dense.weight], module=layer.output.dense.weight");
  }

  @Test
  void aModelWithoutBytesOrClosedIsRefused() {
    BertModule module = new BertModule();
    LoadOptions meta = LoadOptions.builder().device("meta").build();
    try (Model empty = Tenon.load(Golden.file("bert"), meta)) {
      assertThatThrownBy(() -> Binding.of(empty).prefix("bert", "").into(module))
          .hasMessageStartingWith("A model without bytes cannot be bound: device=meta, tensor=");
    }

    bert.close();
    assertThatThrownBy(() -> atRoot().into(module)).hasMessageContaining("it is closed");
  }
}
