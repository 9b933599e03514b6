package dev.tenon.engine.init;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.skeleton.init.Value;
import dev.tenon.skeleton.init.Value.Op;
import dev.tenon.tensor.DType;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class ValueEvaluatorTest {
  /** 0, π/4, … 7π/4 in float32. */
  private static final Value EIGHTHS = Value.arange(8).to(DType.F32).times(2 * Math.PI / 8);

  @Test
  void sineAndCosineAreTheReferencesToTheLastBit() {
    assertThat(bits(EIGHTHS.apply(Op.COS)))
        .containsExactly(
            0x3f800000,
            0x3f3504f3,
            0xb33bbd2e,
            0xbf3504f3,
            0xbf800000,
            0xbf3504f1,
            0x324cde2e,
            0x3f3504f7);
    assertThat(bits(EIGHTHS.apply(Op.SIN)))
        .containsExactly(
            0x00000000,
            0x3f3504f3,
            0x3f800000,
            0x3f3504f3,
            0xb3bbbd2e,
            0xbf3504f5,
            0xbf800000,
            0xbf3504ef);
  }

  private static int[] bits(Value value) {
    try (PointerScope scope = new PointerScope();
        ValueEvaluator evaluator = new ValueEvaluator()) {
      assertThat(scope).isNotNull();
      Tensor result = evaluator.of(value);
      FloatPointer floats = new FloatPointer(result.data_ptr());
      return IntStream.range(0, (int) result.numel())
          .map(i -> Float.floatToRawIntBits(floats.get(i)))
          .toArray();
    }
  }
}
