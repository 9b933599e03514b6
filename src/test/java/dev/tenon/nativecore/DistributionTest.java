package dev.tenon.nativecore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tenon.TenonException;
import dev.tenon.nativecore.Distribution.Normal;
import dev.tenon.nativecore.Distribution.TruncatedNormal;
import dev.tenon.nativecore.Distribution.Uniform;
import dev.tenon.tensor.DType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ranges and moments in every type; {@code native/check} goes further. */
class DistributionTest {
  private static final int SAMPLES = 1 << 20;
  private NativeCore core;

  @BeforeEach
  void open() {
    NativeCores.assume();
    core = NativeCore.load(2);
  }

  @AfterEach
  void close() {
    if (core != null) {
      core.close();
    }
  }

  /** What the samples of a type amount to. */
  private record Moments(double mean, double deviation, double least, double most) {}

  private Moments moments(DType dtype, Distribution distribution) {
    Memory memory = Memory.of(dtype.bytes(SAMPLES));
    core.fill(new FillBatch(3).add("w", memory.address(), 0, SAMPLES, dtype, distribution));
    double sum = 0;
    double squares = 0;
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < SAMPLES; i++) {
      double x = memory.element(dtype, i);
      sum += x;
      squares += x * x;
      least = Math.min(least, x);
      most = Math.max(most, x);
    }
    double mean = sum / SAMPLES;
    return new Moments(mean, Math.sqrt(squares / SAMPLES - mean * mean), least, most);
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16", "F16", "F64"})
  void haveTheirMomentsAndBounds(DType dtype) {
    Moments normal = moments(dtype, new Normal(0, 2));
    assertThat(normal.mean).isCloseTo(0, within(0.01));
    assertThat(normal.deviation).isCloseTo(2, within(0.01));
    assertThat(normal.most).isBetween(9.0, 12.0);
    assertThat(normal.least).isBetween(-12.0, -9.0);

    Moments uniform = moments(dtype, new Uniform(-0.3, 0.3));
    assertThat(uniform.mean).isCloseTo(0, within(0.001));
    assertThat(uniform.deviation).isCloseTo(0.3 / Math.sqrt(3), within(0.001));
    assertThat(uniform.most).isLessThan(0.3).isGreaterThan(0.297);

    // 0.04 is no value of a half type: its samples end at the next one within.
    Moments truncated = moments(dtype, new TruncatedNormal(0, 0.02, -0.04, 0.04));
    assertThat(truncated.deviation).isCloseTo(0.02 * 0.8796, within(0.0001));
    assertThat(truncated.most).isBetween(0.0395, 0.04);
    assertThat(truncated.least).isBetween(-0.04, -0.0395);

    Moments tail = moments(dtype, new TruncatedNormal(0, 1, 3, Double.POSITIVE_INFINITY));
    assertThat(tail.least).isGreaterThanOrEqualTo(3);
    assertThat(tail.mean).isCloseTo(3.2831, within(0.005));
  }

  @Test
  void degenerateOnesAreConstants() {
    assertThat(moments(DType.F32, new Uniform(0.5, 0.5))).isEqualTo(new Moments(0.5, 0, 0.5, 0.5));
    assertThat(moments(DType.F32, new Normal(0.5, 0))).isEqualTo(new Moments(0.5, 0, 0.5, 0.5));
    assertThat(moments(DType.F32, new TruncatedNormal(0, 0, 0.5, 1)))
        .isEqualTo(new Moments(0.5, 0, 0.5, 0.5));
  }

  @Test
  void parametersWithoutAMeaningAreRefused() {
    assertThatThrownBy(() -> new Uniform(1, 0))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("low=1.0, high=0.0");
    assertThatThrownBy(() -> new Uniform(0, Double.NaN)).isInstanceOf(TenonException.class);
    assertThatThrownBy(() -> new Normal(0, -1))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("std=-1.0");
    assertThatThrownBy(() -> new Normal(1e39, 1)).isInstanceOf(TenonException.class);
    assertThatThrownBy(() -> new TruncatedNormal(0, 1, 2, 1))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("low=2.0, high=1.0");
    assertThatThrownBy(
            () -> new FillBatch(0).add("ids", 8, 0, 1, DType.I64, new Distribution.Constant(0)))
        .isInstanceOf(TenonException.class)
        .hasMessageContaining("tensor=ids, dtype=int64");
  }
}
