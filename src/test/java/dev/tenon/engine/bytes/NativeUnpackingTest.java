package dev.tenon.engine.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Stored;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.engine.file.ShardFiles;
import dev.tenon.engine.torch.LazyCore;
import dev.tenon.engine.torch.Tensors;
import dev.tenon.nativecore.NativeCore;
import dev.tenon.plan.Step;
import dev.tenon.plan.box.Layout;
import dev.tenon.plan.box.Piece;
import dev.tenon.plan.move.Moves;
import dev.tenon.plan.move.SlowMoves;
import dev.tenon.plan.place.Device;
import dev.tenon.quantised.formula.Codes;
import dev.tenon.quantised.formula.Formula;
import dev.tenon.quantised.formula.Index;
import dev.tenon.quantised.formula.Numbers;
import dev.tenon.quantised.formula.Operation;
import dev.tenon.quantised.formula.RandomWeights;
import dev.tenon.quantised.formula.SlowNumbers;
import dev.tenon.quantised.formula.Tables;
import dev.tenon.quantised.formula.Unpacked;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the native core unpacks is, moved in any way, the tensor that plain Java makes of it. */
class NativeUnpackingTest {
  @TempDir Path folder;

  /** A stored tensor, or two, rearranged; the same for any of one shape. */
  private static Step step(Stored stored, DType to, int way) {
    Layout layout = Layout.of(stored);
    if ((way & 1) != 0) {
      layout = layout.transpose(0, 1);
    }
    if ((way & 2) != 0) {
      layout = Layout.stack(List.of(layout, layout), way % 3 == 0 ? 0 : 1);
    }
    if ((way & 4) != 0 && layout.shape().dim(0) > 2) {
      layout = layout.cut(0, 1, layout.shape().dim(0) - 1);
    }
    if ((way & 7) == 0) {
      return new Step.Read(slot(stored.shape(), to), to, stored);
    }
    List<Piece> pieces = new ArrayList<>();
    layout.parts().forEach(part -> pieces.add(part.piece()));
    return new Step.Assemble(slot(layout.shape(), to), to, pieces);
  }

  private static Slot slot(Shape shape, DType dtype) {
    return new Slot("slot", shape, dtype, Slot.Role.PARAMETER, true, true);
  }

  private static byte[] filled(Step step, ShardFiles files, LazyCore core, Tensors tensors) {
    byte[] got = new byte[(int) step.bytes()];
    try (Tensor slot = tensors.empty(step.slot().shape(), step.dtype())) {
      NativeMoves.fill(step, slot, files, core);
      int[] at = {0};
      Buffers.each(
          slot,
          bytes -> {
            int length = bytes.remaining();
            bytes.get(got, at[0], length);
            at[0] += length;
          });
    }
    return got;
  }

  @Test
  void anyPackedWeightIsTheTensorThatPlainJavaMakesOfIt() throws IOException {
    Assumptions.assumeTrue(NativeCore.available());
    Random random = new Random(6);
    RandomWeights weights = new RandomWeights(folder, random);
    DType[] dtypes = {DType.F32, DType.BF16, DType.F16, DType.F64};
    try (ShardFiles files = new ShardFiles(List.of(), true);
        LazyCore core = LazyCore.of(2);
        Tensors tensors = new Tensors(Device.CPU)) {
      for (int i = 0; i < 250; i++) {
        Unpacked weight = weights.next();
        TensorEntry plain = SlowNumbers.plain(weight, folder.resolve("plain" + i));
        DType to = dtypes[random.nextInt(4)];
        int way = random.nextInt(16);
        Step expected = step(plain, to, way);
        byte[] bytes = new byte[(int) expected.bytes()];
        SlowMoves.carryOut(Moves.of(0, expected), bytes);

        byte[] got = filled(step(weight, to, way), files, core, tensors);

        assertThat(Arrays.equals(got, bytes)).as("%s, %s, way=%d", weight, to, way).isTrue();
      }
    }
  }

  @Test
  void anIndexBeyondTheScalesIsOneError() throws IOException {
    Assumptions.assumeTrue(NativeCore.available());
    Path file = Files.write(folder.resolve("f"), new byte[] {1, 2, 0, 0, 0, 0, 3, 0, 0, 0});
    Path scale = Files.write(folder.resolve("s"), new byte[8]);
    Codes codes =
        new Codes(
            new TensorEntry("codes", DType.U8, Shape.of(2), file, 0, null),
            dev.tenon.quantised.formula.Layout.along(8, 1),
            2,
            1);
    Formula formula =
        Formula.scaled(
                codes,
                Tables.signedBytes(),
                Operation.SCALE,
                new Numbers.Plain(
                    new TensorEntry("s", DType.F32, Shape.of(2), scale, 0, null), DType.F32),
                1,
                1)
            .indexed(
                new Index.Stored(new TensorEntry("i", DType.I32, Shape.of(2), file, 2, null)),
                null);
    Unpacked weight = new Unpacked("a.weight", Shape.of(2, 1), null, formula, "x", List.of());
    try (ShardFiles files = new ShardFiles(List.of(), true);
        LazyCore core = LazyCore.of(1);
        Tensors tensors = new Tensors(Device.CPU)) {
      assertThatThrownBy(() -> filled(step(weight, DType.F32, 0), files, core, tensors))
          .isInstanceOf(TenonException.class)
          .hasMessageContaining("an index beyond its scales")
          .hasMessageContaining("tensor=a.weight");
    }
  }
}
