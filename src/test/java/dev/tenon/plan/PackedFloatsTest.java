package dev.tenon.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.quantised.Quantisation;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Floats of 4 bits load as they are; whatever else would become of them is refused by name. */
class PackedFloatsTest {
  @TempDir Path directory;

  private static LoadPlan own(Checkpoint checkpoint, DType dtype) {
    return Planner.plan(checkpoint, Quantisation.NONE, new PlanOptions(dtype, false));
  }

  private static Models slot(DType dtype) {
    return new Models().buffer("a", dtype, Slot.Role.BUFFER, true);
  }

  @Test
  void pairsAreViewedWhereverTheyLie() {
    Checkpoint checkpoint =
        new Weights().add(DType.U8, "a", 1).add(DType.F4, "b", 3, 4).open(directory);
    assertThat(own(checkpoint, null).steps())
        .filteredOn(step -> step.dtype() == DType.F4)
        .singleElement()
        .matches(step -> step.bytes() == 6)
        .matches(step -> step instanceof Step.Read read && read.viewable());
  }

  @Test
  void theyAreConvertedToNothing() {
    Checkpoint checkpoint = new Weights().add(DType.F4, "a", 2).open(directory);
    assertThatThrownBy(() -> own(checkpoint, DType.F32))
        .hasMessageContaining("tensor=a, expected=float32, actual=float4_e2m1fn_x2");
    assertThatThrownBy(() -> PlanText.plan(checkpoint, slot(DType.I64)))
        .hasMessageContaining("tensor=a, expected=int64, actual=float4_e2m1fn_x2");
    assertThatThrownBy(() -> PlanText.plan(checkpoint, slot(DType.BF16)))
        .hasMessageContaining("tensor=a, expected=bfloat16, actual=float4_e2m1fn_x2");
  }

  @Test
  void nothingIsConvertedToThem() {
    Checkpoint checkpoint = new Weights().add(DType.F32, "a", 2).open(directory);
    assertThatThrownBy(() -> PlanText.plan(checkpoint, slot(DType.F4)))
        .hasMessageContaining("tensor=a, expected=float4_e2m1fn_x2, actual=float32");
  }

  @Test
  void theyAreNotDrawn() {
    Checkpoint checkpoint = new Weights().add("c", 2).open(directory);
    Models model = Models.of("c").buffer("a", DType.F4, Slot.Role.BUFFER, true);
    assertThatThrownBy(() -> PlanText.plan(checkpoint, model))
        .hasMessageContaining("no way to initialise one: tensor=a, dtype=float4_e2m1fn_x2");
  }

  @Test
  void anOddRowHasNoPairs() {
    Checkpoint checkpoint = new Weights().add(DType.F4, "a", 2, 3).open(directory);
    assertThatThrownBy(() -> own(checkpoint, null))
        .hasMessageContaining("which is odd")
        .hasMessageEndingWith("tensor=a, dtype=float4_e2m1fn_x2, shape=[2, 3]");
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F6_E2M3", "F6_E3M2"})
  void libtorchHasNoneOfSixBits(DType dtype) {
    Checkpoint checkpoint = new Weights().add(dtype, "a", 4).open(directory);
    assertThatThrownBy(() -> own(checkpoint, null))
        .hasMessageStartingWith("libtorch has no tensors of this dtype: file=")
        .hasMessageEndingWith("tensor=a, dtype=" + dtype);
  }
}
