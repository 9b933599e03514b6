package dev.tenon.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.quantised.Quantisation;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.names.Conversion;
import dev.tenon.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Integers and 8-bit floats never become weights as they are. */
class RawNumbersTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"I8", "U8", "I16", "I32", "U32", "I64", "F8_E4M3", "F8_E5M2", "F8_E8M0"})
  void theyAreRefusedForFloatingPointSlots(DType dtype) {
    Checkpoint checkpoint =
        new Weights().add(dtype, "a", 2).add(dtype, "b", 3).add("c", 2).open(directory);
    assertThatThrownBy(
            () -> PlanText.plan(checkpoint, Models.of("a", "b", "c"), new PlanOptions(null, true)))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining(
            "tensor=a, expected=float32, actual=" + dtype.torchName() + ", tensors=2");
  }

  @Test
  void theyAreRefusedWithinWhatIsPutTogether() {
    Conversion stack =
        new Conversion(
            "", List.of("e.*.weight"), List.of("e"), List.of(new Conversion.Operation.Stack(0)));
    Checkpoint checkpoint =
        new Weights().add("e.0.weight", 2).add(DType.I8, "e.1.weight", 2).open(directory);
    assertThatThrownBy(
            () -> PlanText.plan(checkpoint, new Models().parameter("e", 2, 2).convert(stack)))
        .hasMessageContaining("tensor=e.1.weight");
  }

  @Test
  void slotsOfIntegersTakeThem() {
    Checkpoint checkpoint = new Weights().add(DType.I32, "a", 2).add("c", 2).open(directory);
    Models model = Models.of("c").buffer("a", DType.I64, Slot.Role.BUFFER, false);
    assertThat(PlanText.steps(PlanText.plan(checkpoint, model))).containsExactly("c < c", "a < a");
  }

  @Test
  void underItsOwnNameATensorKeepsItsDTypeUnlessAnotherIsAskedFor() {
    Checkpoint checkpoint =
        new Weights().add(DType.F8_E4M3, "a", 2).add(DType.I8, "b", 2).open(directory);
    assertThat(Planner.plan(checkpoint, Quantisation.NONE, PlanOptions.DEFAULT).steps())
        .extracting(Step::dtype)
        .containsExactly(DType.F8_E4M3, DType.I8);
    assertThatThrownBy(
            () -> Planner.plan(checkpoint, Quantisation.NONE, new PlanOptions(DType.BF16, false)))
        .hasMessageContaining("tensor=a, expected=bfloat16, actual=float8_e4m3fn, tensors=1");
  }
}
