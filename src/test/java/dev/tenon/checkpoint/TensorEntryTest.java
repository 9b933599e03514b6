package dev.tenon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TensorEntryTest {
  private static TensorEntry entry(Shape shape, Shape strides) {
    return new TensorEntry("w", DType.F32, shape, Path.of("x"), 8, strides);
  }

  @Test
  void rowMajorStridesAreDropped() {
    assertThat(entry(Shape.of(2, 3), Shape.of(3, 1)).contiguous()).isTrue();
    assertThat(entry(Shape.of(2, 1, 3), Shape.of(3, 99, 1)).contiguous()).isTrue();
    assertThat(entry(Shape.of(0, 3), Shape.of(7, 7)).contiguous()).isTrue();
    assertThat(entry(Shape.SCALAR, Shape.SCALAR).contiguous()).isTrue();
    assertThat(entry(Shape.of(2, 3), Shape.of(1, 2)).strides()).isEqualTo(Shape.of(1, 2));
  }

  @Test
  void spanReachesToTheLastElement() {
    assertThat(entry(Shape.of(2, 3), Shape.of(1, 2)).span()).isEqualTo(6 * 4);
    assertThat(entry(Shape.of(2, 3), Shape.of(10, 2)).span()).isEqualTo((10 + 4 + 1) * 4);
    assertThat(entry(Shape.of(5, 4), Shape.of(0, 1)).span()).isEqualTo(4 * 4);
    assertThat(entry(Shape.of(5, 4), Shape.of(0, 1)).bytes()).isEqualTo(20 * 4);
    assertThat(entry(Shape.of(2, 3), Shape.of(3, 1)).span()).isEqualTo(6 * 4);
  }

  @Test
  void sizesMustFit() {
    assertThatThrownBy(() -> entry(Shape.of(1L << 60, 2), Shape.of(0, 0)))
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> entry(Shape.of(2), Shape.SCALAR))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
