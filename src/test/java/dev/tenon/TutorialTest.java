package dev.tenon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.bind.Binding;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Step;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The manual: read it from top to bottom.
 *
 * <p>A checkpoint is a directory with a {@code config.json} and weight files, as Hugging Face
 * models are. The ones here are Gemma 2 with three tiny layers.
 */
@TestMethodOrder(OrderAnnotation.class)
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
class TutorialTest {
  private static final Path CHECKPOINTS = Path.of("src/test/resources/scenarios");
  private static final Path GEMMA = CHECKPOINTS.resolve("gemma2-tied-source-only");
  private static final String LLAMA = "src/test/resources/compute/llama";
  private static final String PROGRAM = "src/test/resources/compute/llama-scripted.pt";
  private static final Path INCOMPLETE = CHECKPOINTS.resolve("gemma2-some-missing");

  /** One call loads a model; whoever calls it closes it. */
  @Test
  @Order(1)
  void loadAModel() {
    try (Model model = Tenon.load(GEMMA, LoadOptions.defaults())) {
      Tensor embedding = model.tensor("model.embed_tokens.weight");

      assertThat(embedding.shape()).containsExactly(97, 24);
      assertThat(model.parameters()).hasSize(36).contains("lm_head.weight");
    }
  }

  /** The file has no head: it is tied to the embedding, so both names are one tensor. */
  @Test
  @Order(2)
  void tiedNamesAreOneTensor() {
    try (Model model = Tenon.load(GEMMA, LoadOptions.defaults())) {
      assertThat(model.tensor("lm_head.weight"))
          .isSameAs(model.tensor("model.embed_tokens.weight"));
      assertThat(model.report().missing()).isEmpty();
      assertThat(model.report().bytes().tied()).isEqualTo(97 * 24 * 4);
    }
  }

  /** The report says for every slot how it got its bytes. */
  @Test
  @Order(3)
  void readTheReport() {
    try (Model model = Tenon.load(INCOMPLETE, LoadOptions.defaults())) {
      LoadReport report = model.report();

      assertThat(report.missing()).contains("model.layers.1.mlp.up_proj.weight");
      assertThat(report.slots())
          .filteredOn(slot -> slot.origin() == Origin.INITIALIZED)
          .extracting(SlotReport::name)
          .containsAll(report.missing());
      assertThat(report.millis().total()).isPositive();
    }
  }

  /** A plan is the same before anything is read. It needs no libtorch and no time to speak of. */
  @Test
  @Order(4)
  void planALoad() {
    LoadPlan plan = Tenon.plan(INCOMPLETE, LoadOptions.defaults());

    assertThat(plan.missing()).contains("model.norm.weight");
    assertThat(plan.steps().get(0)).isInstanceOf(Step.Read.class);
    assertThat(plan.bytes().loaded()).isGreaterThan(plan.bytes().initialized());
  }

  /** Options are immutable: take a preset, change what differs. */
  @Test
  @Order(5)
  void chooseHow() {
    LoadOptions options =
        LoadOptions.exact().toBuilder().dtype(DType.BF16).residency(Residency.COPY).build();

    try (Model model = Tenon.load(GEMMA, options)) {
      assertThat(model.report().dtype()).isEqualTo(DType.BF16);
      assertThat(model.report().slots().get(0).origin()).isEqualTo(Origin.CONVERTED);
    }
  }

  /** Missing slots get what the reference would draw, and the same for the same seed. */
  @Test
  @Order(6)
  void missingSlotsAreDrawnFromASeed() {
    String missing = "model.layers.1.mlp.up_proj.weight";
    LoadOptions other = LoadOptions.builder().seed(1).build();

    try (Model first = Tenon.load(INCOMPLETE, LoadOptions.exact());
        Model again = Tenon.load(INCOMPLETE, LoadOptions.exact());
        Model different = Tenon.load(INCOMPLETE, other)) {
      assertThat(first.digests().get(missing))
          .isEqualTo(again.digests().get(missing))
          .isNotEqualTo(different.digests().get(missing));
    }
  }

  /** Your own values: you are asked for missing slots alone, so nothing loaded can be harmed. */
  @Test
  @Order(7)
  void initializeMissingSlotsYourself() {
    Initializer sevens =
        (slot, tensor) -> {
          if (!slot.name().endsWith("norm.weight")) {
            return false;
          }
          tensor.fill_(new Scalar(7));
          return true;
        };
    LoadOptions options = LoadOptions.builder().initializer(sevens).build();

    try (Model model = Tenon.load(INCOMPLETE, options);
        Tensor first = model.tensor("model.norm.weight").select(0, 0)) {
      assertThat(first.item().toFloat()).isEqualTo(7);
    }
  }

  /** Strict: the checkpoint must be exactly the model. */
  @Test
  @Order(8)
  void insistOnAnExactFit() {
    LoadOptions strict = LoadOptions.builder().strict(true).build();

    assertThatThrownBy(() -> Tenon.load(INCOMPLETE, strict))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("missing=[model.layers.0.input_layernorm.weight");
  }

  /** Another class over the same weights: a head that no file holds is initialised. */
  @Test
  @Order(9)
  void loadIntoAnotherClass() {
    LoadOptions classifier =
        LoadOptions.builder().className("Gemma2ForSequenceClassification").build();

    try (Model model = Tenon.load(GEMMA, classifier)) {
      assertThat(model.report().missing()).containsExactly("score.weight");
    }
  }

  /** Untie, and the head gets a copy of its own; tie again, and it is the embedding again. */
  @Test
  @Order(10)
  void tieAndUntie() {
    try (Model model = Tenon.load(GEMMA, LoadOptions.defaults())) {
      assertThat(model.tieWordEmbeddings()).isTrue();

      model.tieWordEmbeddings(false);
      assertThat(model.tensor("lm_head.weight"))
          .isNotSameAs(model.tensor("model.embed_tokens.weight"));

      model.tieWordEmbeddings(true);
      assertThat(model.tensor("lm_head.weight"))
          .isSameAs(model.tensor("model.embed_tokens.weight"));
    }
  }

  /** A model from nothing but its config: everything is initialised, ties are shared. */
  @Test
  @Order(11)
  void startFromAConfig() {
    try (Model model = Tenon.init(GEMMA.resolve("config.json"), LoadOptions.exact())) {
      assertThat(model.report().bytes().loaded()).isZero();
      assertThat(model.tied())
          .containsExactly(List.of("model.embed_tokens.weight", "lm_head.weight"));
    }
  }

  /** A closed model says so. One that is in use cannot be closed. */
  @Test
  @Order(12)
  void closeWhenDone() {
    Model model = Tenon.load(GEMMA, LoadOptions.defaults());
    model.using(busy -> assertThatThrownBy(busy::close).hasMessageContaining("in use: calls=1"));

    model.close();

    assertThatThrownBy(() -> model.tensor("lm_head.weight")).hasMessageContaining("it is closed");
  }

  /** What computes is a module of libtorch or a TorchScript program: it takes the model's bytes. */
  @Test
  @Order(13)
  void runAForwardPass() {
    try (PointerScope scope = new PointerScope(); // frees what is made below
        Model model = Tenon.load(LLAMA, LoadOptions.defaults())) {
      JitModule program = torch.load(PROGRAM); // its own weights, if it has any, are let go
      Binding.of(model).prefix("model", "").into(program); // no copy; what does not fit is an error
      Tensor tokens = torch.tensor(new long[] {1, 3, 21, 5, 25, 4}).unsqueeze(0);
      IValueVector inputs = new IValueVector(new IValue(tokens));
      Tensor logits = program.forward(inputs).toTensor(); // [1, 6, vocabulary]
      long next = logits.select(1, -1).argmax().item_long();

      assertThat(next).isEqualTo(4);
    }
  }

  @Test
  void theReadmeShowsThisVeryForwardPass() throws IOException {
    String source = Files.readString(Path.of("src/test/java/dev/tenon/TutorialTest.java"));
    int from = source.indexOf("try (PointerScope");
    String lines = source.substring(from, source.indexOf("\n\n", from)).replace("\n    ", "\n");

    assertThat(Files.readString(Path.of("README.md")))
        .contains(lines.replace("LLAMA", "\"org/llama\"").replace("PROGRAM", "\"llama.pt\""));
  }
}
