package dev.tenon.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.engine.Bindings;
import dev.tenon.plan.place.Device;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tensors of a slab are like those allocated one by one. */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
class SlabTest {
  private static final Shape SHAPE = Shape.of(3, 5);
  private static final int COUNT = 7;

  private final Tensors make = new Tensors(Device.CPU);
  private final Tensor[] tensors = make.empty(SHAPE, DType.BF16, COUNT);

  @AfterEach
  void free() {
    Bindings.free(tensors, new Tensor[0]);
    make.close();
  }

  private static void fill(Tensor tensor, double value) {
    try (Scalar scalar = new Scalar(value)) {
      tensor.fill_(scalar);
    }
  }

  private static double sum(Tensor tensor) {
    try (Tensor sum = tensor.sum()) {
      return sum.item_double();
    }
  }

  @Test
  void eachIsContiguousAndBeginsAtAMultipleOf64Bytes() {
    for (Tensor tensor : tensors) {
      assertThat(tensor.sizes().vec().get()).containsExactly(3, 5);
      assertThat(tensor.scalar_type().intern()).isEqualTo(torch.ScalarType.BFloat16);
      assertThat(tensor.is_contiguous()).isTrue();
      assertThat(tensor.data_ptr().address() % 64).isZero();
      assertThat(Tensors.address(tensor)).isEqualTo(tensor.data_ptr().address());
    }
  }

  @Test
  void eachHasItsOwnElements() {
    for (int i = 0; i < COUNT; i++) {
      fill(tensors[i], i);
    }
    for (int i = 0; i < COUNT; i++) {
      assertThat(sum(tensors[i])).isEqualTo(15.0 * i);
    }
  }

  @Test
  void noneIsAViewToAutograd() {
    Tensor tensor = tensors[2];
    assertThat(tensor.is_view()).isFalse();
    fill(tensor, 1); // Of several views made at once, autograd would refuse it.
    tensor.set_requires_grad(true);
    assertThat(tensor.is_leaf()).isTrue();
    try (NoGradGuard none = new NoGradGuard()) {
      fill(tensor, 2);
    }
    try (PointerScope scope = new PointerScope()) {
      tensor.sum().backward();
      assertThat(sum(tensor.grad())).isEqualTo(15);
    }
    assertThat(tensors[3].requires_grad()).isFalse();
  }

  @Test
  void scalarsHaveNoDimensions() {
    Tensor[] scalars = make.empty(Shape.SCALAR, DType.I64, 4);
    assertThat(scalars[3].dim()).isZero();
    fill(scalars[3], 5);
    assertThat(sum(scalars[3])).isEqualTo(5);
    Bindings.free(scalars, new Tensor[0]);
  }

  @Test
  void aFreedOneIsNullAndTheOthersLiveOn() {
    fill(tensors[1], 3);
    tensors[0].close();
    tensors[0].close();
    assertThat(tensors[0].isNull()).isTrue();
    assertThat(sum(tensors[1])).isEqualTo(45);
  }

  @Test
  void whatStillRefersToAnElementKeepsIt() {
    fill(tensors[4], 2);
    try (Tensor kept = new Tensor(tensors[4])) {
      Bindings.free(tensors, new Tensor[0]);
      assertThat(sum(kept)).isEqualTo(30);
    }
  }

  @Test
  void whatIsFreedIsLetGoAtOnce() {
    try (Tensor kept = new Tensor(tensors[4])) {
      assertThat(kept.use_count()).isEqualTo(2);
      tensors[4].close();
      assertThat(kept.use_count()).isEqualTo(1);
    }
  }

  @Test
  void theMemoryIsFreedWithTheLast() {
    long before = Pointer.physicalBytes();
    for (int i = 0; i < 2000; i++) {
      Tensor[] many = make.empty(Shape.of(1024), DType.F32, 256);
      fill(many[i % 256], 1);
      Bindings.free(many, new Tensor[0]);
    }
    // 2 GB were allocated in all; leaking only the objects would leave 100 MB.
    assertThat(Pointer.physicalBytes() - before).isLessThan(64L << 20);
  }

  @Test
  void theCallersPointerScopeFreesNone() {
    Tensor[] outer;
    try (PointerScope scope = new PointerScope()) {
      outer = make.empty(SHAPE, DType.F32, 4);
    }
    fill(outer[0], 1);
    assertThat(sum(outer[0])).isEqualTo(15);
    Bindings.free(outer, new Tensor[0]);
  }
}
