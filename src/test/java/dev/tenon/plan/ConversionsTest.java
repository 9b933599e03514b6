package dev.tenon.plan;

import static dev.tenon.plan.PlanText.plan;
import static dev.tenon.plan.PlanText.steps;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.skeleton.names.Conversion;
import dev.tenon.skeleton.names.Conversion.Operation;
import dev.tenon.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layouts of checkpoints that differ from the model's, there and back. */
class ConversionsTest {
  private static final Conversion EXPERTS =
      new Conversion(
          "",
          List.of("experts.*.gate.weight", "experts.*.up.weight"),
          List.of("experts.gate_up"),
          List.of(new Operation.Stack(0), new Operation.Concatenate(1)));
  private static final Conversion QKV =
      new Conversion(
          "", List.of("attn.qkv"), List.of("q", "k", "v"), List.of(new Operation.Chunk(0)));

  @TempDir Path directory;

  private static byte[] bytes(LoadPlan plan, int step) {
    return Assembly.bytes((Step.Assemble) plan.steps().get(step));
  }

  private static Conversion only(String source, String target, Operation... operations) {
    return new Conversion("", List.of(source), List.of(target), List.of(operations));
  }

  private static Weights separateExperts() {
    return new Weights()
        .counting("l.0.experts.0.gate.weight", 0, 2, 1)
        .counting("l.0.experts.0.up.weight", 2, 2, 1)
        .counting("l.0.experts.1.gate.weight", 4, 2, 1)
        .counting("l.0.experts.1.up.weight", 6, 2, 1);
  }

  @Test
  void expertsStoredOneByOneAreStackedAndJoined() {
    Models model = new Models().parameter("l.0.experts.gate_up", 2, 4, 1).convert(EXPERTS);
    LoadPlan plan = plan(separateExperts().open(directory), model);
    assertThat(steps(plan)).containsExactly("l.0.experts.gate_up < 4 pieces");
    assertThat(bytes(plan, 0)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(plan.unexpected()).isEmpty();
  }

  @Test
  void theInverseTakesThemApartAgain() {
    Models model =
        new Models()
            .parameter("l.0.experts.0.gate.weight", 2, 1)
            .parameter("l.0.experts.0.up.weight", 2, 1)
            .parameter("l.0.experts.1.gate.weight", 2, 1)
            .parameter("l.0.experts.1.up.weight", 2, 1)
            .convert(EXPERTS.inverse());
    Weights weights = new Weights().counting("l.0.experts.gate_up", 0, 2, 4, 1);
    LoadPlan plan = plan(weights.open(directory), model);
    assertThat(bytes(plan, 0)).containsExactly(0, 1);
    assertThat(bytes(plan, 1)).containsExactly(2, 3);
    assertThat(bytes(plan, 2)).containsExactly(4, 5);
    assertThat(bytes(plan, 3)).containsExactly(6, 7);
  }

  @Test
  void expertsStackInTheOrderOfTheirNumbers() {
    Weights weights = new Weights();
    for (int i : new int[] {10, 9, 2, 0, 1, 3, 8, 4, 7, 5, 6}) {
      weights.counting("experts." + i + ".w", i, 1);
    }
    Models model =
        new Models()
            .parameter("experts.w", 11, 1)
            .convert(only("experts.*.w", "experts.w", new Operation.Stack(0)));
    assertThat(bytes(plan(weights.open(directory), model), 0))
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
  }

  @Test
  void aFusedProjectionFallsIntoEqualParts() {
    Models model =
        new Models().parameter("l.q", 1, 2).parameter("l.k", 1, 2).parameter("l.v", 1, 2);
    Checkpoint checkpoint = new Weights().counting("l.attn.qkv", 0, 3, 2).open(directory);
    LoadPlan plan = plan(checkpoint, model.convert(QKV));
    assertThat(bytes(plan, 0)).containsExactly(0, 1);
    assertThat(bytes(plan, 1)).containsExactly(2, 3);
    assertThat(bytes(plan, 2)).containsExactly(4, 5);
  }

  @Test
  void theInverseOfAChunkJoinsInDeclaredOrder() {
    Models model = new Models().parameter("l.attn.qkv", 3, 2).convert(QKV.inverse());
    Weights weights =
        new Weights().counting("l.v", 4, 1, 2).counting("l.k", 2, 1, 2).counting("l.q", 0, 1, 2);
    assertThat(bytes(plan(weights.open(directory), model), 0)).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void transposeExchangesTwoDimensionsAlsoBelowAStack() {
    Checkpoint checkpoint =
        new Weights().counting("e.0.w", 0, 2, 3).counting("e.1.w", 6, 2, 3).open(directory);
    Models model =
        new Models()
            .parameter("w", 2, 3, 2)
            .convert(only("e.*.w", "w", new Operation.Stack(0), new Operation.Transpose(1, 2)));
    assertThat(bytes(plan(checkpoint, model), 0))
        .containsExactly(0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11);
  }

  @Test
  void chunksOfATransposedTensorAreItsColumns() {
    Checkpoint checkpoint = new Weights().counting("ab", 0, 2, 2).open(directory);
    Models model =
        new Models()
            .parameter("a", 1, 2)
            .parameter("b", 1, 2)
            .convert(
                new Conversion(
                    "",
                    List.of("^ab$"),
                    List.of("a", "b"),
                    List.of(new Operation.Transpose(0, 1), new Operation.Chunk(0))));
    LoadPlan plan = plan(checkpoint, model);
    assertThat(bytes(plan, 0)).containsExactly(0, 2);
    assertThat(bytes(plan, 1)).containsExactly(1, 3);
  }

  @Test
  void pairsBecomeHalvesWithinEachRun() {
    Operation halves = new Operation.Deinterleave(0, 1, List.of());
    Operation rows = new Operation.Deinterleave(-2, 1, List.of());
    Weights weights = new Weights().counting("a", 0, 8).counting("b", 0, 2, 4, 2);
    Models model = new Models().parameter("x", 8).parameter("y", 2, 4, 2);
    model.convert(only("^a$", "x", halves)).convert(only("^b$", "y", rows));
    LoadPlan plan = plan(weights.open(directory), model);
    assertThat(bytes(plan, 0)).containsExactly(0, 2, 4, 6, 1, 3, 5, 7);
    assertThat(bytes(plan, 1))
        .containsExactly(0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15);
  }

  @Test
  void onlyTheNamedLanesAreShuffledAndTheInverseUndoesIt() {
    Conversion fused =
        new Conversion(
            "",
            List.of("qkv"),
            List.of("q", "k", "v"),
            List.of(new Operation.Chunk(0), new Operation.Deinterleave(0, 2, List.of(0, 1))));
    Models parts = new Models().parameter("q", 8).parameter("k", 8).parameter("v", 8);
    Weights weights = new Weights().counting("qkv", 0, 24);
    LoadPlan plan = plan(weights.open(directory), parts.convert(fused));
    assertThat(bytes(plan, 0)).containsExactly(0, 2, 1, 3, 4, 6, 5, 7);
    assertThat(bytes(plan, 1)).containsExactly(8, 10, 9, 11, 12, 14, 13, 15);
    assertThat(bytes(plan, 2)).containsExactly(16, 17, 18, 19, 20, 21, 22, 23);

    Operation back = new Operation.Deinterleave(0, 1, List.of()).inverse();
    Models whole = new Models().parameter("w", 8).convert(only("^q$", "w", back));
    assertThat(bytes(plan(new Weights().counting("q", 0, 8).open(directory), whole), 0))
        .containsExactly(0, 4, 1, 5, 2, 6, 3, 7);
    assertThat(fused.inverse().operations())
        .containsExactly(
            new Operation.Interleave(0, 2, List.of(0, 1)), new Operation.Concatenate(0));
  }

  @Test
  void aRunThatHoldsNoPairsIsRefused() {
    Operation odd = new Operation.Deinterleave(0, 2, List.of());
    Models model = new Models().parameter("x", 6).convert(only("^a$", "x", odd));
    Weights weights = new Weights().counting("a", 0, 6);
    assertThatThrownBy(() -> plan(weights.open(directory), model))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("shape [6] does not fall into pairs in 2 runs");
  }

  @Test
  void negativeDimensionsCountFromTheLast() {
    Models model = new Models().parameter("q", 2, 1).parameter("k", 2, 1);
    Conversion columns =
        new Conversion("", List.of("qk"), List.of("q", "k"), List.of(new Operation.Chunk(-1)));
    Checkpoint checkpoint = new Weights().counting("qk", 0, 2, 2).open(directory);
    assertThat(bytes(plan(checkpoint, model.convert(columns)), 1)).containsExactly(1, 3);
  }

  @Test
  void renamingsComeFirstAndTheBasePrefixLast() {
    Models model =
        new Models()
            .parameter("model.mlp.experts.gate_up", 2, 4, 1)
            .basePrefix("model")
            .rename("", "^moe\\.l\\.0", "mlp")
            .convert(EXPERTS);
    Weights weights =
        new Weights()
            .counting("moe.l.0.experts.0.gate.weight", 0, 2, 1)
            .counting("moe.l.0.experts.0.up.weight", 2, 2, 1)
            .counting("moe.l.0.experts.1.gate.weight", 4, 2, 1)
            .counting("moe.l.0.experts.1.up.weight", 6, 2, 1);
    assertThat(bytes(plan(weights.open(directory), model), 0))
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void aConvertedCheckpointLoadsAsItIs() {
    Models model = new Models().parameter("l.experts.0.gate.weight", 2).convert(EXPERTS);
    assertThat(steps(plan(Weights.of("l.experts.0.gate.weight").open(directory), model)))
        .containsExactly("l.experts.0.gate.weight < l.experts.0.gate.weight");
  }

  @Test
  void aKeyThatIsTheTargetAlreadyLosesToTheFirst() {
    Models model = new Models().parameter("l.0.experts.gate_up", 2, 4, 1).convert(EXPERTS);
    LoadPlan plan =
        plan(separateExperts().add("l.0.experts.gate_up", 2, 4, 1).open(directory), model);
    assertThat(steps(plan)).containsExactly("l.0.experts.gate_up < 4 pieces");
    assertThat(plan.warnings()).singleElement().asString().contains("lost=l.0.experts.gate_up");
  }

  @Test
  void oneExpertUnderTwoSpellingsIsTakenOnce() {
    Models model =
        new Models()
            .parameter("model.x.w", 2, 1)
            .basePrefix("model")
            .convert(only("x.*.w", "x.w", new Operation.Stack(0)));
    Weights weights =
        new Weights().counting("x.0.w", 0, 1).counting("x.1.w", 1, 1).counting("model.x.1.w", 7, 1);
    LoadPlan plan = plan(weights.open(directory), model);
    assertThat(bytes(plan, 0)).containsExactly(0, 7);
    assertThat(plan.warnings()).singleElement().asString().contains("used=model.x.1.w, lost=x.1.w");
  }

  @Test
  void whatNoSlotTakesIsUnexpectedUnderEachTarget() {
    Models model = Models.of("a").convert(QKV);
    Checkpoint checkpoint = Weights.of("a", "x.attn.qkv").open(directory);
    assertThat(plan(checkpoint, model).unexpected()).containsExactly("x.k", "x.q", "x.v");
  }

  @Test
  void aMissingExpertIsAMismatch() {
    Models model = new Models().parameter("l.0.experts.gate_up", 3, 4, 1).convert(EXPERTS);
    LoadPlan plan = plan(separateExperts().open(directory), model, new PlanOptions(null, true));
    assertThat(plan.mismatched())
        .containsExactly(new Mismatch("l.0.experts.gate_up", Shape.of(2, 4, 1), Shape.of(3, 4, 1)));
  }

  @Test
  void tensorsThatDoNotFitTogetherAreNamed() {
    Models model = new Models().parameter("l.0.experts.gate_up", 2, 4, 1).convert(EXPERTS);
    Weights weights = separateExperts().counting("l.0.experts.2.gate.weight", 8, 2, 1);
    assertThatThrownBy(() -> plan(weights.open(directory), model))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("tensor=l.0.experts.gate_up, first=l.0.experts.0.gate.weight")
        .hasMessageContaining("[3, 2, 1] and [2, 2, 1]");
  }

  @Test
  void aScopedConversionSeesNamesWithinItsSubModel() {
    Conversion scoped =
        new Conversion("base.tower", QKV.sources(), QKV.targets(), QKV.operations());
    Models model =
        new Models()
            .parameter("base.tower.q", 1)
            .parameter("base.tower.k", 1)
            .parameter("base.tower.v", 1)
            .parameter("base.attn.qkv", 3)
            .basePrefix("base")
            .convert(scoped);
    Weights weights =
        new Weights().counting("tower.attn.qkv", 0, 3).counting("base.attn.qkv", 0, 3);
    assertThat(steps(plan(weights.open(directory), model)))
        .containsExactly(
            "base.tower.q < 1 pieces",
            "base.tower.k < 1 pieces",
            "base.tower.v < 1 pieces",
            "base.attn.qkv < base.attn.qkv");
  }

  @Test
  void inversesUndoEveryOperation() {
    assertThat(EXPERTS.inverse().operations())
        .containsExactly(new Operation.Chunk(1), new Operation.Unstack(0));
    assertThat(only("^a\\.b$", "c.d", new Operation.Transpose(0, 1)).inverse())
        .isEqualTo(only("c\\.d", "a.b", new Operation.Transpose(0, 1)));
  }
}
