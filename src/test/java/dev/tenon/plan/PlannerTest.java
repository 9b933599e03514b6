package dev.tenon.plan;

import static dev.tenon.plan.PlanText.plan;
import static dev.tenon.plan.PlanText.steps;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.names.Renaming;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which key fills which slot, and what is reported of the others. */
class PlannerTest {
  private static final PlanOptions IGNORE_MISMATCHED = new PlanOptions(null, true);

  @TempDir Path directory;

  @Test
  void keysFillSlotsOfTheirName() {
    LoadPlan plan = plan(Weights.of("a", "b", "x").open(directory), Models.of("a", "b", "c"));
    assertThat(steps(plan)).containsExactly("a < a", "b < b", "c!");
    assertThat(plan.missing()).containsExactly("c");
    assertThat(plan.unexpected()).containsExactly("x");
  }

  @Test
  void theBasePrefixIsStrippedOrAdded() {
    Models head = Models.of("base.w", "head.w").basePrefix("base");
    assertThat(steps(plan(Weights.of("w", "head.w").open(directory), head)))
        .containsExactly("base.w < w", "head.w < head.w");
    Models base = Models.of("w").basePrefix("base");
    LoadPlan plan = plan(Weights.of("base.w", "head.w").open(directory), base);
    assertThat(steps(plan)).containsExactly("w < base.w");
    assertThat(plan.unexpected()).containsExactly("head.w");
  }

  @Test
  void addingThePrefixBeatsADirectMatch() {
    Models model = Models.of("base.linear.weight", "linear.weight").basePrefix("base");
    LoadPlan plan = plan(Weights.of("linear.weight").open(directory), model);
    assertThat(steps(plan)).containsExactly("base.linear.weight < linear.weight", "linear.weight!");
  }

  @Test
  void thePrefixIsAWholeSegment() {
    Models model = Models.of("w").basePrefix("base");
    assertThatThrownBy(() -> plan(Weights.of("baseXw").open(directory), model))
        .isInstanceOf(TenonException.class);
  }

  @Test
  void renamingsApplyInOrderThenTheLegacyOnes() {
    Models model =
        Models.of("n.LayerNorm.weight", "n.LayerNorm.bias", "p.parametrizations.weight.original0")
            .rename("", "^x", "y")
            .rename("", "^y", "n");
    LoadPlan plan =
        plan(
            Weights.of("x.LayerNorm.gamma", "x.LayerNorm.beta", "p.weight_g").open(directory),
            model);
    assertThat(steps(plan))
        .containsExactly(
            "n.LayerNorm.weight < x.LayerNorm.gamma",
            "n.LayerNorm.bias < x.LayerNorm.beta",
            "p.parametrizations.weight.original0 < p.weight_g");
  }

  @Test
  void aRenamingThatLosesTheSlotIsUndone() {
    Models model = Models.of("conv.weight_g", "LayerNorm.gamma");
    assertThat(steps(plan(Weights.of("conv.weight_g", "LayerNorm.gamma").open(directory), model)))
        .containsExactly("conv.weight_g < conv.weight_g", "LayerNorm.gamma < LayerNorm.gamma");
  }

  @Test
  void aScopedRenamingSeesOnlyItsSubModelAndNamesWithinIt() {
    Models model =
        Models.of("base.vision.new.w", "base.text.old.w")
            .basePrefix("base")
            .rename("base.vision", "^old", "new");
    assertThat(steps(plan(Weights.of("base.vision.old.w", "text.old.w").open(directory), model)))
        .containsExactly("base.vision.new.w < base.vision.old.w", "base.text.old.w < text.old.w");
    assertThat(steps(plan(Weights.of("vision.old.w").open(directory), model)).get(0))
        .isEqualTo("base.vision.new.w < vision.old.w");
  }

  @Test
  void aRenamingMayWaitForAKeyThatOnlyOldCheckpointsHave() {
    Pattern second = Pattern.compile("norm1");
    Pattern first = Pattern.compile("norm0");
    Models model =
        Models.of("l.0.norm1", "l.0.norm2", "l.1.norm1", "l.1.norm2")
            .rename(new Renaming("", second, "norm2", first))
            .rename(new Renaming("", first, "norm1"));
    Weights old = Weights.of("l.0.norm0", "l.0.norm1", "l.1.norm0", "l.1.norm1");
    assertThat(steps(plan(old.open(directory), model)))
        .containsExactly(
            "l.0.norm1 < l.0.norm0",
            "l.0.norm2 < l.0.norm1",
            "l.1.norm1 < l.1.norm0",
            "l.1.norm2 < l.1.norm1");
    Weights converted = Weights.of("l.0.norm1", "l.0.norm2", "l.1.norm1", "l.1.norm2");
    assertThat(steps(plan(converted.open(directory), model)))
        .containsExactly(
            "l.0.norm1 < l.0.norm1",
            "l.0.norm2 < l.0.norm2",
            "l.1.norm1 < l.1.norm1",
            "l.1.norm2 < l.1.norm2");
  }

  @Test
  void theFirstOfTwoKeysForOneSlotWinsAndTheLoserIsReported() {
    Models model = Models.of("base.w").basePrefix("base");
    LoadPlan plan = plan(Weights.of("w", "base.w").open(directory), model);
    assertThat(steps(plan)).containsExactly("base.w < base.w");
    assertThat(plan.warnings())
        .singleElement()
        .asString()
        .contains("tensor=base.w, used=base.w, lost=w");
    assertThat(plan.unexpected()).isEmpty();
  }

  @Test
  void nonPersistentBuffersAreNeverMissingAndNeverFilled() {
    Models model =
        Models.of("a")
            .buffer("mean", DType.F32, Slot.Role.BUFFER, false)
            .buffer("table", DType.F32, Slot.Role.TRANSIENT_BUFFER, false);
    LoadPlan plan = plan(Weights.of("a", "table").open(directory), model);
    assertThat(steps(plan)).containsExactly("a < a", "mean!", "table!");
    assertThat(plan.missing()).containsExactly("mean");
    assertThat(plan.unexpected()).containsExactly("table");
  }

  @Test
  void ignoredNamesAreHiddenButStillInitialised() {
    Models model = Models.of("a", "final_logits_bias").ignore("final_", "^extra");
    LoadPlan plan = plan(Weights.of("a", "extra.w", "other.extra").open(directory), model);
    assertThat(steps(plan)).containsExactly("a < a", "final_logits_bias!");
    assertThat(plan.missing()).isEmpty();
    assertThat(plan.unexpected()).containsExactly("other.extra");
  }

  @Test
  void oldBuffersAreDroppedOnlyIfTheModelHasSuchBuffers() {
    Weights weights = Weights.of("a", "l.0.rotary_emb.inv_freq", "e.position_ids", "positions.w");
    assertThat(plan(weights.open(directory), Models.of("a")).unexpected())
        .containsExactly("e.position_ids", "l.0.rotary_emb.inv_freq", "positions.w");
    Models model =
        Models.of("a")
            .buffer("rotary_emb.inv_freq", DType.F32, Slot.Role.TRANSIENT_BUFFER, true)
            .buffer("position_ids", DType.I64, Slot.Role.TRANSIENT_BUFFER, true);
    assertThat(plan(weights.open(directory), model).unexpected()).containsExactly("positions.w");
  }

  @Test
  void allWrongShapesAreListedAtOnce() {
    Models model = Models.of("a", "b", "c");
    Weights weights = Weights.of("a").add("b", 3).add("c", 2, 1);
    assertThatThrownBy(() -> plan(weights.open(directory), model))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("tensor=b expected=[2] actual=[3]")
        .hasMessageContaining("tensor=c expected=[2] actual=[2, 1]");
    LoadPlan plan = plan(weights.open(directory), model, IGNORE_MISMATCHED);
    assertThat(steps(plan)).containsExactly("a < a", "b!", "c!");
    assertThat(plan.mismatched())
        .containsExactly(
            new Mismatch("b", Shape.of(3), Shape.of(2)),
            new Mismatch("c", Shape.of(2, 1), Shape.of(2)));
    assertThat(plan.missing()).isEmpty();
  }

  @Test
  void aCheckpointOfWhichNothingMatchesIsRefused() {
    assertThatThrownBy(() -> plan(Weights.of("x", "y").open(directory), Models.of("a")))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("class=Test, tensors=2, first=x");
  }

  @Test
  void theOrderOfFilesAndTensorsChangesNothing(@TempDir Path other) {
    Models model = Models.of("base.l.2.w", "base.l.10.w", "h").basePrefix("base");
    Map<String, Weights> files = new LinkedHashMap<>();
    files.put("1.safetensors", Weights.of("l.10.w", "h"));
    files.put("2.safetensors", Weights.of("base.l.10.w", "l.2.w"));
    Map<String, Weights> shuffled = new LinkedHashMap<>();
    shuffled.put("1.safetensors", Weights.of("l.2.w", "base.l.10.w"));
    shuffled.put("2.safetensors", Weights.of("h", "l.10.w"));
    LoadPlan plan = plan(Weights.sharded(directory, "{}", files), model);
    LoadPlan again = plan(Weights.sharded(other, "{}", shuffled), model);
    assertThat(steps(plan))
        .isEqualTo(steps(again))
        .containsExactly("base.l.2.w < l.2.w", "base.l.10.w < base.l.10.w", "h < h");
    assertThat(plan.warnings()).isEqualTo(again.warnings()).hasSize(1);
  }

  @Test
  void aTensorInTwoFilesIsReported() {
    Map<String, Weights> files = new LinkedHashMap<>();
    files.put("1.safetensors", Weights.of("a", "b"));
    files.put("2.safetensors", Weights.of("a"));
    LoadPlan plan = plan(Weights.sharded(directory, "{}", files), Models.of("a", "b"));
    assertThat(plan.warnings()).singleElement().asString().contains("tensor=a", "1.safetensors");
  }

  @Test
  void withoutAModelEveryTensorIsReadAsItIs() {
    Weights weights = Weights.of("LayerNorm.gamma").add(DType.BF16, "h", 3).add(DType.I64, "n", 1);
    LoadPlan plan = Planner.plan(weights.open(directory), PlanOptions.DEFAULT);
    assertThat(steps(plan)).containsExactly("LayerNorm.gamma < LayerNorm.gamma", "h < h", "n < n");
    assertThat(plan.steps())
        .extracting(Step::dtype)
        .containsExactly(DType.F32, DType.BF16, DType.I64);
    assertThat(plan.warnings()).singleElement().asString().contains("nothing can be found missing");
    LoadPlan half = Planner.plan(weights.open(directory), new PlanOptions(DType.F16, false));
    assertThat(half.steps())
        .extracting(Step::dtype)
        .containsExactly(DType.F16, DType.F16, DType.I64);
  }

  @Test
  void bytesAreCountedInTheModelsDType() {
    Models model = Models.of("a", "b", "c").tie("c", "a");
    LoadPlan plan =
        plan(Weights.of("a").open(directory), model, new PlanOptions(DType.BF16, false));
    assertThat(plan.bytes()).isEqualTo(new PlanBytes(4, 4, 4));
  }

  @Test
  void aModelFromAConfigAloneMissesNothing() {
    Models model = Models.of("a", "b", "c").tie("a", "c");
    LoadPlan plan = Planner.initialize(model.skeleton(), DType.F32);
    assertThat(steps(plan)).containsExactly("a = c", "b!", "c!");
    assertThat(List.of(plan.missing(), plan.warnings())).containsOnly(List.of());
  }
}
