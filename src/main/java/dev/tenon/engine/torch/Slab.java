package dev.tenon.engine.torch;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoDispatchBelowADInplaceOrView;
import org.bytedeco.pytorch.Storage;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Many tensors of one dtype, made together: their objects lie side by side in one vector, and
 * JavaCPP neither makes nor tracks one of its own for each, which takes it longer than libtorch
 * takes for a tensor. Either small ones of one shape, whose elements are the rows of one storage,
 * or views of one file.
 *
 * <p>Rows are padded so that each begins at a multiple of {@value #ALIGNMENT} bytes, as the
 * elements of a tensor allocated alone do: kernels may count on it, and the allocator would have
 * rounded each up by as much. A tensor's elements are contiguous all the same.
 *
 * <p>The memory is freed with the last of the tensors, in whichever thread that happens.
 */
@SuppressWarnings("try") // A scope works by being closed; nothing refers to it.
final class Slab {
  private static final int ALIGNMENT = 64;
  private static final long OBJECT_BYTES = Pointer.sizeof(Tensor.class);

  private final TensorVector objects;
  private final long firstObject;
  private final AtomicInteger open;

  private Slab(TensorVector objects, int count) {
    this.objects = objects;
    this.firstObject = objects.get(0).address();
    this.open = new AtomicInteger(count);
  }

  /** Bytes from one tensor of a slab to the next. */
  static long stride(Shape shape, DType dtype) {
    return (dtype.bytes(shape.elements()) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /**
   * Tensors whose bytes are whatever the memory holds, of at least one element each; in no pointer
   * scope.
   */
  static Tensor[] tensors(Shape shape, DType dtype, int count, TensorOptions options) {
    long stride = stride(shape, dtype);
    Tensor[] tensors = new Tensor[count];
    // Without this guard each would be a view to autograd, which forbids writing to several views
    // made at once.
    try (PointerScope scope = new PointerScope();
        AutoDispatchBelowADInplaceOrView plain = new AutoDispatchBelowADInplaceOrView()) {
      Tensor rows =
          torch.empty_strided(
              before(count, dtype.inTorch(shape).dims()),
              before(stride / TorchTypes.elementBytes(dtype), dtype.inTorch(shape).rowMajor()),
              options);
      Slab slab = new Slab(Tensors.kept(rows.unbind(0)), count);
      long elements = Tensors.address(rows);
      for (int i = 0; i < count; i++) {
        tensors[i] = slab.row(i, elements == 0 ? 0 : elements + i * stride);
      }
    }
    return tensors;
  }

  /**
   * Views of a mapped file, in no pointer scope; the mapping lives as long as one of them.
   *
   * @param file its bytes
   * @param entries what to view: of at least one element each, aligned, of one dtype
   */
  static Tensor[] views(Tensor file, List<TensorEntry> entries, TensorOptions options) {
    int count = entries.size();
    Tensor[] tensors = new Tensor[count];
    try (PointerScope scope = new PointerScope();
        AutoDispatchBelowADInplaceOrView plain = new AutoDispatchBelowADInplaceOrView()) {
      Tensor none = torch.empty(new long[] {count, 0}, options, null);
      TensorVector objects = none.unbind(0);
      Slab slab = new Slab(objects, count);
      Storage bytes = file.storage();
      long first = Tensors.address(file);
      for (int i = 0; i < count; i++) {
        TensorEntry entry = entries.get(i);
        tensors[i] = slab.row(i, first + entry.offset());
        Shape shape = entry.dtype().inTorch(entry.shape());
        long[] strides = Tensors.strides(shape, entry.strides());
        long offset = entry.offset() / TorchTypes.elementBytes(entry.dtype());
        tensors[i].set_(bytes, offset, shape.dims(), strides);
      }
      Tensors.kept(objects);
    }
    return tensors;
  }

  private Row row(int index, long elements) {
    return new Row(this, firstObject + index * OBJECT_BYTES, elements);
  }

  private static long[] before(long first, long[] rest) {
    long[] all = new long[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }

  private void release() {
    if (open.decrementAndGet() == 0) {
      objects.deallocate();
    }
  }

  /** A tensor of a slab. */
  static final class Row extends Tensor {
    private final Slab slab;
    private final long elements;

    private Row(Slab slab, long object, long elements) {
      super((Pointer) null);
      this.slab = slab;
      this.elements = elements;
      this.address = object;
    }

    /** The address of its first element when it was made, 0 if the device has none. */
    long elements() {
      return elements;
    }

    /** Gives the slab up; the second time does nothing. */
    @Override
    public void deallocate(boolean free) {
      boolean freed;
      synchronized (this) {
        freed = free && address != 0;
        if (freed) {
          reset(); // What it holds, its gradient too, does not wait for the others.
        }
        address = 0;
      }
      if (freed) {
        slab.release();
      }
    }

    /** Frees it, as it does a tensor that has no other reference. */
    @Override
    public void close() {
      deallocate();
    }
  }
}
