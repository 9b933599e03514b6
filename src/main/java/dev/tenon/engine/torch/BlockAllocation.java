package dev.tenon.engine.torch;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.lang.Lists;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Memory for slots on a device, in the order in which they will be filled: neighbours lie side by
 * side in a block, so that one copy brings many. Larger ones than a block have memory of their own.
 * A block is freed with the last of its slots.
 */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
public final class BlockAllocation {
  private static final Path NO_FILE = Path.of("");

  private final Tensors make;
  private final Tensor[] tensors;
  private final long block;
  private final int alignment;
  private final Map<TensorEntry, Integer> slots = new LinkedHashMap<>();
  private long used;

  /**
   * An allocation.
   *
   * @param tensors one a slot, where they go
   * @param block bytes of a block: as much as one tensor that outlives the others can hold back
   * @param alignment bytes of which each slot's first address is a multiple
   */
  public BlockAllocation(Tensors make, Tensor[] tensors, long block, int alignment) {
    this.make = make;
    this.tensors = tensors;
    this.block = block;
    this.alignment = alignment;
  }

  /** Allocates a slot, now or when its block is full. */
  public void add(int slot, Shape shape, DType dtype) {
    long bytes = dtype.bytes(shape.elements());
    if (bytes == 0 || bytes > block) {
      tensors[slot] = Tensors.kept(make.empty(shape, dtype));
      return;
    }
    long at = (used + alignment - 1) / alignment * alignment;
    if (at + bytes > block) {
      finish();
      at = 0;
    }
    slots.put(new TensorEntry(Integer.toString(slot), dtype, shape, NO_FILE, at, null), slot);
    used = at + bytes;
  }

  /** Allocates what was put off. */
  public void finish() {
    Map<DType, List<TensorEntry>> alike = new LinkedHashMap<>();
    for (TensorEntry entry : slots.keySet()) {
      Lists.add(alike, entry.dtype(), entry);
    }
    try (PointerScope scope = new PointerScope()) {
      Tensor bytes = make.empty(Shape.of(used), DType.U8);
      for (Map.Entry<DType, List<TensorEntry>> one : alike.entrySet()) {
        List<TensorEntry> entries = new ArrayList<>(one.getValue());
        Tensor[] made = make.views(bytes, one.getKey(), entries);
        for (int i = 0; i < made.length; i++) {
          tensors[slots.get(entries.get(i))] = made[i];
        }
      }
    }
    slots.clear();
    used = 0;
  }
}
