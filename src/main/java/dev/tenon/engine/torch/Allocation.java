package dev.tenon.engine.torch;

import dev.tenon.lang.Lists;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Memory for slots that are no views of a file: large ones one by one, small ones of one dtype and
 * shape together, since libtorch and JavaCPP take microseconds for a tensor whatever its size.
 */
public final class Allocation {
  /** A slot of more bytes takes longer to write than to allocate. */
  private static final long SMALL = 16 << 10;

  /** Bytes allocated together: as much as one tensor that outlives the others can hold back. */
  private static final long SLAB = 1 << 20;

  /** Fewer tensors are faster made one by one. */
  private static final int WORTHWHILE = 4;

  private final Tensors make;
  private final Tensor[] tensors;
  // Not by a record of both: the first hash of one takes as long as a thousand allocations.
  private final Map<DType, Map<Shape, List<Integer>>> small = new EnumMap<>(DType.class);

  /**
   * An allocation.
   *
   * @param tensors one a slot, where they go
   */
  public Allocation(Tensors make, Tensor[] tensors) {
    this.make = make;
    this.tensors = tensors;
  }

  /** Allocates a slot, now or in {@link #finish}. */
  public void add(int slot, Shape shape, DType dtype) {
    long bytes = dtype.bytes(shape.elements());
    if (bytes == 0 || bytes > SMALL) {
      tensors[slot] = Tensors.kept(make.empty(shape, dtype));
    } else {
      Map<Shape, List<Integer>> alike = small.get(dtype);
      if (alike == null) {
        alike = new LinkedHashMap<>();
        small.put(dtype, alike);
      }
      Lists.add(alike, shape, slot);
    }
  }

  /** Allocates what was put off. */
  public void finish() {
    for (Map.Entry<DType, Map<Shape, List<Integer>>> ofOneType : small.entrySet()) {
      for (Map.Entry<Shape, List<Integer>> alike : ofOneType.getValue().entrySet()) {
        allocate(alike.getKey(), ofOneType.getKey(), alike.getValue());
      }
    }
    small.clear();
  }

  private void allocate(Shape shape, DType dtype, List<Integer> slots) {
    int most = (int) Math.max(1, SLAB / Slab.stride(shape, dtype));
    for (int first = 0; first < slots.size(); first += most) {
      List<Integer> some = slots.subList(first, Math.min(slots.size(), first + most));
      if (some.size() < WORTHWHILE) {
        for (int slot : some) {
          tensors[slot] = Tensors.kept(make.empty(shape, dtype));
        }
        continue;
      }
      Tensor[] made = make.empty(shape, dtype, some.size());
      for (int i = 0; i < made.length; i++) {
        tensors[some.get(i)] = made[i];
      }
    }
  }
}
