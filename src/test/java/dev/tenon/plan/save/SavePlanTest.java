package dev.tenon.plan.save;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.checkpoint.write.NewTensor;
import dev.tenon.plan.Matching;
import dev.tenon.plan.Models;
import dev.tenon.plan.Weights;
import dev.tenon.plan.box.Box;
import dev.tenon.plan.names.Dialect;
import dev.tenon.plan.names.SlotNames;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.Tie;
import dev.tenon.skeleton.names.Conversion;
import dev.tenon.skeleton.names.Conversion.Operation;
import dev.tenon.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which tensors a save writes, and of what they are made. */
class SavePlanTest {
  private static final Conversion EXPERTS =
      new Conversion(
          "",
          List.of("experts.*.gate.weight", "experts.*.up.weight"),
          List.of("experts.gate_up"),
          List.of(new Operation.Stack(0), new Operation.Concatenate(1)));
  private static final Conversion QKV =
      new Conversion(
          "",
          List.of("attn.qkv"),
          List.of("attn.q", "attn.k", "attn.v"),
          List.of(new Operation.Chunk(0)));

  @TempDir private Path dir;

  private static List<StoredTensor> saved(Models model, Dialect dialect) {
    Skeleton skeleton = model.skeleton();
    return SavePlan.of(
        skeleton, dialect, skeleton.slots().stream().map(SavePlanTest::held).toList());
  }

  private static TensorEntry held(Slot slot) {
    return SavePlan.slot(slot.name(), slot.dtype(), slot.shape());
  }

  private static List<String> names(List<StoredTensor> tensors) {
    return tensors.stream().map(StoredTensor::name).toList();
  }

  private static Dialect usual(Models model) {
    return Dialect.usual(model.skeleton());
  }

  @Test
  void ownNamesStandInNaturalOrder() {
    List<StoredTensor> saved = saved(Models.of("b.10", "b.2", "a"), Dialect.OWN);

    assertThat(names(saved)).containsExactly("a", "b.2", "b.10");
    assertThat(saved).allMatch(tensor -> tensor.block() == NewTensor.ALONE);
  }

  @Test
  void renamingsAreUndoneLastFirst() {
    Models model =
        Models.of("model.layers.0.norm.weight", "lm_head.weight")
            .rename("", "^body\\.(.+)$", "trunk.$1")
            .rename("", "^trunk\\.layer\\.(\\d+)\\.", "model.layers.$1.")
            .rename("", "^embed_out\\.", "lm_head.");

    assertThat(names(saved(model, dialect(model, "body.layer.0.norm.weight", "embed_out.weight"))))
        .containsExactly("embed_out.weight", "body.layer.0.norm.weight");
    // No file says whether names had the prefix.
    assertThat(names(saved(model, usual(model))))
        .containsExactly("embed_out.weight", "trunk.layer.0.norm.weight");
  }

  @Test
  void onlyWhatMatchedAtTheLoadIsUndone() {
    Models model =
        Models.of("model.norm.weight", "lm_head.weight")
            .rename("", "final_norm", "model.norm")
            .rename("", "^embed_out\\.", "lm_head.");

    assertThat(names(saved(model, dialect(model, "model.norm.weight", "embed_out.weight"))))
        .containsExactly("embed_out.weight", "model.norm.weight");
    assertThat(names(saved(model, dialect(model, "model.norm.weight", "lm_head.weight"))))
        .containsExactly("lm_head.weight", "model.norm.weight");
  }

  @Test
  void theOldSpellingsOfAnyModelAreKeptToo() {
    Models model = Models.of("LayerNorm.weight", "LayerNorm.bias");

    assertThat(names(saved(model, dialect(model, "LayerNorm.gamma", "LayerNorm.beta"))))
        .containsExactly("LayerNorm.beta", "LayerNorm.gamma");
    assertThat(names(saved(model, usual(model))))
        .containsExactly("LayerNorm.bias", "LayerNorm.weight");
  }

  @Test
  void aSubModelsRenamingStaysInItsPart() {
    Models model =
        Models.of("text.norm.weight", "image.norm.weight").rename("text", "^final", "norm");

    assertThat(names(saved(model, usual(model))))
        .containsExactly("image.norm.weight", "text.final.weight");
  }

  @Test
  void stackedExpertsFallApart() {
    Models model = new Models().parameter("experts.gate_up", 2, 6, 5).convert(EXPERTS);

    List<StoredTensor> saved = saved(model, usual(model));

    assertThat(names(saved))
        .containsExactly(
            "experts.0.gate.weight",
            "experts.1.gate.weight",
            "experts.0.up.weight",
            "experts.1.up.weight");
    assertThat(saved).allMatch(tensor -> tensor.shape().equals(Shape.of(3, 5)));
    assertThat(saved.stream().map(StoredTensor::block)).containsExactly(0, 0, 1, 1);
    Box up = saved.get(3).pieces().get(0).source();
    assertThat(up).isEqualTo(new Box(Shape.of(1, 3, 0), Shape.of(1, 3, 5)));
  }

  @Test
  void splitProjectionsAreJoined() {
    Models model = new Models();
    List.of("q", "k", "v").forEach(name -> model.parameter("attn." + name, 2, 4));
    model.parameter("norm", 4).convert(QKV);

    List<StoredTensor> saved = saved(model, usual(model));

    assertThat(names(saved)).containsExactly("attn.qkv", "norm");
    assertThat(saved.get(0).shape()).isEqualTo(Shape.of(6, 4));
    assertThat(saved.get(0).pieces())
        .extracting(piece -> piece.entry().name() + piece.target().start())
        .containsExactly("attn.q[0, 0]", "attn.k[2, 0]", "attn.v[4, 0]");
  }

  @Test
  void whatCannotBeJoinedKeepsItsOwnNames() {
    Models model = new Models();
    model.parameter("attn.q", 2, 4).parameter("attn.k", 2, 4).parameter("attn.v", 2, 3);
    model.convert(QKV);

    assertThat(names(saved(model, usual(model)))).containsExactly("attn.k", "attn.q", "attn.v");
  }

  @Test
  void namesThatWouldNotLeadBackAreNotUsed() {
    // Two names become one: spelled backwards nobody could tell which it was.
    Models model = Models.of("norm.a", "norm.b").rename("", "scale(.*)", "norm.$1");
    model.rename("", "[xy]\\.", "norm.");

    assertThat(names(saved(model, usual(model)))).containsExactly("norm.a", "norm.b");
  }

  @Test
  void aModelWhoseOwnNamesDoNotLeadBackIsRefused() {
    // "linear" is read as the base model's, and the base model's as the head's.
    Models model = Models.of("base.linear", "linear").basePrefix("base");

    assertThatThrownBy(() -> saved(model, Dialect.OWN))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("would not load again")
        .hasMessageContaining("class=Test");
  }

  @Test
  void aTieIsWrittenOnce() {
    var index = Models.of("a", "b", "c", "d").skeleton().index();
    List<Tie> chain = List.of(new Tie("c", "b"), new Tie("b", "a"), new Tie("d", "a"));

    assertThat(SavePlan.repeated(index, chain, (one, other) -> true))
        .isEqualTo(Set.of(index.get("b"), index.get("c"), index.get("d")));
    assertThat(SavePlan.repeated(index, chain, (one, other) -> false)).isEmpty();
    // A tie back to where one came from brings nothing in.
    assertThat(
            SavePlan.repeated(
                index, List.of(new Tie("a", "b"), new Tie("b", "a")), (one, other) -> true))
        .isEqualTo(Set.of(index.get("a")));
    assertThat(
            SavePlan.repeated(
                index, List.of(new Tie("x", "a"), new Tie("a", "y")), (one, other) -> true))
        .isEmpty();
  }

  /** The dialect of a checkpoint with these keys. */
  private Dialect dialect(Models model, String... keys) {
    Weights weights = Weights.of(keys);
    Skeleton skeleton = model.skeleton();
    return Matching.of(skeleton, new SlotNames(skeleton), weights.open(dir).entries()).dialect();
  }
}
