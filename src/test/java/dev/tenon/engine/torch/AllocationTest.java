package dev.tenon.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenon.engine.Bindings;
import dev.tenon.plan.place.Device;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Which slots share an allocation. */
class AllocationTest {
  private record Wanted(Shape shape, DType dtype) {}

  private static Tensor[] allocate(List<Wanted> wanted) {
    Tensor[] tensors = new Tensor[wanted.size()];
    try (Tensors make = new Tensors(Device.CPU)) {
      Allocation allocation = new Allocation(make, tensors);
      for (int i = 0; i < tensors.length; i++) {
        allocation.add(i, wanted.get(i).shape, wanted.get(i).dtype);
      }
      allocation.finish();
    }
    return tensors;
  }

  @Test
  void smallSlotsOfOneShapeAndDtypeShareWhateverIsBetweenThem() {
    Wanted norm = new Wanted(Shape.of(16), DType.F32);
    Wanted half = new Wanted(Shape.of(16), DType.BF16);
    Wanted large = new Wanted(Shape.of(1 << 13), DType.F32);
    Wanted none = new Wanted(Shape.of(0), DType.F32);
    Tensor[] tensors =
        allocate(List.of(norm, large, norm, half, none, norm, large, norm, large, large));
    for (int slot : new int[] {0, 2, 5, 7}) {
      assertThat(tensors[slot].is_alias_of(tensors[0])).isTrue();
    }
    for (int slot : new int[] {1, 3, 4, 6, 8, 9}) {
      assertThat(tensors[slot]).isNotInstanceOf(Slab.Row.class);
    }
    Bindings.free(tensors, new Tensor[0]);
  }

  @Test
  void noMoreThanAMebibyteIsAllocatedTogether() {
    Wanted largest = new Wanted(Shape.of(16 << 10), DType.U8);
    Tensor[] tensors = allocate(Collections.nCopies(130, largest));
    assertThat(tensors[63].is_alias_of(tensors[0])).isTrue();
    assertThat(tensors[64].is_alias_of(tensors[0])).isFalse();
    assertThat(tensors[129]).isNotNull();
    Bindings.free(tensors, new Tensor[0]);
  }
}
