package dev.tenon.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dtype of a load, and of each slot in it. */
class DTypesTest {
  @TempDir Path directory;

  private static LoadPlan plan(Checkpoint checkpoint, Models model, Config config, DType wanted) {
    return Planner.plan(checkpoint, model.skeleton(), config, new PlanOptions(wanted, false));
  }

  private DType auto(Checkpoint checkpoint, Config config) {
    return plan(checkpoint, Models.of("a"), config, null).dtype();
  }

  @Test
  void theCallersBeatsTheConfigsBeatsTheIndexsBeatsTheFirstTensors() {
    Weights weights =
        new Weights().add(DType.I64, "A", 1).add(DType.BF16, "a", 2).add(DType.F16, "b", 2);
    Checkpoint sharded =
        Weights.sharded(directory, "{\"dtype\":\"float64\"}", Map.of("1.safetensors", weights));
    Config config = Config.defaults("torch_dtype", "float16");
    assertThat(plan(sharded, Models.of("a"), config, DType.F32).dtype()).isEqualTo(DType.F32);
    assertThat(auto(sharded, config)).isEqualTo(DType.F16);
    assertThat(auto(sharded, Config.defaults("dtype", "bfloat16", "torch_dtype", "float16")))
        .isEqualTo(DType.BF16);
    assertThat(auto(sharded, Config.defaults())).isEqualTo(DType.F64);
    assertThat(auto(Checkpoint.open(directory.resolve("1.safetensors"), null), Config.defaults()))
        .isEqualTo(DType.BF16);
  }

  @Test
  void withoutAnyFloatingPointTensorItIsFloat32() {
    assertThat(auto(new Weights().add(DType.BOOL, "a", 2).open(directory), Config.defaults()))
        .isEqualTo(DType.F32);
  }

  @Test
  void itIsNeverAnEightBitFloatThatNobodyAskedFor() {
    Weights weights = new Weights().add(DType.F8_E4M3, "A", 1).add(DType.F16, "a", 2);
    assertThat(auto(weights.open(directory), Config.defaults())).isEqualTo(DType.F16);
  }

  @Test
  void onlyFloatingPointDTypesCanBeAskedFor() {
    Checkpoint checkpoint = Weights.of("a").open(directory);
    assertThatThrownBy(() -> plan(checkpoint, Models.of("a"), Config.defaults(), DType.I8))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("dtype=int8");
  }

  @Test
  void integersAndFixedSlotsStay() {
    Models model =
        Models.of("a")
            .buffer("count", DType.I64, Slot.Role.BUFFER, false)
            .buffer("scale", DType.F32, Slot.Role.BUFFER, true);
    LoadPlan plan = plan(Weights.of("a").open(directory), model, Config.defaults(), DType.F16);
    assertThat(plan.steps())
        .extracting(Step::dtype)
        .containsExactly(DType.F16, DType.I64, DType.F32);
  }

  @Test
  void float32ListsMatchWholeSegmentsOfMissingSlotsToo() {
    Models model =
        Models.of("word_embeddings", "wo.weight", "x.wo", "gate.weight", "gate", "gate.weights")
            .keep(List.of("wo"), List.of("gate.weight"));
    Checkpoint checkpoint = Weights.of("word_embeddings", "wo.weight").open(directory);
    assertThat(plan(checkpoint, model, Config.defaults(), DType.F16).steps())
        .extracting(Step::dtype)
        .containsExactly(DType.F16, DType.F32, DType.F32, DType.F32, DType.F16, DType.F16);
    assertThat(plan(checkpoint, model, Config.defaults(), DType.BF16).steps())
        .extracting(Step::dtype)
        .containsExactly(DType.BF16, DType.BF16, DType.BF16, DType.F32, DType.BF16, DType.BF16);
    assertThat(plan(checkpoint, model, Config.defaults(), DType.F64).steps())
        .extracting(Step::dtype)
        .containsOnly(DType.F64);
  }

  @Test
  void aTiedSlotHasItsOwnersDType() {
    Models model =
        Models.of("head.wo", "embed").tie("head.wo", "embed").keep(List.of("wo"), List.of());
    LoadPlan plan = plan(Weights.of("embed").open(directory), model, Config.defaults(), DType.F16);
    assertThat(plan.steps()).extracting(Step::dtype).containsOnly(DType.F16);
  }
}
