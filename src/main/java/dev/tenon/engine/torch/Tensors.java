package dev.tenon.engine.torch;

import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.place.Device;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Makes a load's tensors on one device.
 *
 * <p>What it hands out belongs to the innermost {@link PointerScope}, as with every JavaCPP
 * pointer; {@link #kept} takes it out of all scopes, those the caller of the load has open
 * included.
 *
 * <p>Thread-safe. Making one needs no libtorch. Close it when the load ends; the tensors live on.
 */
public final class Tensors implements AutoCloseable {
  private final Device device;
  private final @Nullable LazyCore core;
  private final Map<DType, TensorOptions> options = new EnumMap<>(DType.class);

  /** Makes tensors in libtorch's own memory. */
  public Tensors(Device device) {
    this(device, null);
  }

  /** Makes large tensors on the CPU in memory of the native core, if there is one. */
  public Tensors(Device device, @Nullable LazyCore core) {
    this.device = device;
    this.core = core != null && device.kind() == Device.Kind.CPU && core.available() ? core : null;
  }

  /** Where they are made. */
  public Device device() {
    return device;
  }

  /** A tensor whose bytes are whatever the memory holds. */
  public Tensor empty(Shape shape, DType dtype) {
    if (core != null) {
      long bytes = dtype.bytes(shape.elements());
      if (bytes >= HugePages.WORTHWHILE) {
        return HugePages.tensor(core.get(), dtype.inTorch(shape).dims(), bytes, optionsOf(dtype));
      }
    }
    return empty(dtype.inTorch(shape).dims(), optionsOf(dtype));
  }

  /** {@code torch::empty} in libtorch's own memory, in the usual format. */
  public static Tensor empty(long[] dims, TensorOptions options) {
    return torch.empty(dims, options, null);
  }

  /** Small tensors, allocated together, in no pointer scope. Each is to be deallocated. */
  Tensor[] empty(Shape shape, DType dtype, int count) {
    return Slab.tensors(shape, dtype, count, optionsOf(dtype));
  }

  /**
   * Views of a mapped file, made together, in no pointer scope. Each is to be deallocated.
   *
   * @param entries of at least one element each, aligned, of this dtype
   */
  public Tensor[] views(Tensor file, DType dtype, List<TensorEntry> entries) {
    return Slab.views(file, entries, optionsOf(dtype));
  }

  /** The address of a tensor's first element, 0 if it has none. */
  public static long address(Tensor tensor) {
    if (tensor instanceof Slab.Row row) {
      return row.elements(); // Known: asking libtorch takes as long as allocating it did.
    }
    Pointer elements = tensor.data_ptr();
    return elements == null ? 0 : elements.address();
  }

  /**
   * An entry's tensor over bytes another one's storage holds; they live as long as either.
   *
   * @param bytes from the first of the entry's on
   */
  public Tensor over(Tensor bytes, TensorEntry entry) {
    Tensor view = empty(Shape.of(0), entry.dtype());
    Shape shape = entry.dtype().inTorch(entry.shape());
    view.set_(bytes.storage(), 0, shape.dims(), strides(shape, entry.strides()));
    return view;
  }

  private synchronized TensorOptions optionsOf(DType dtype) {
    TensorOptions known = options.get(dtype);
    if (known == null) {
      known = kept(TorchTypes.options(dtype, device));
      options.put(dtype, known);
    }
    return known;
  }

  /**
   * Takes a pointer out of the hands of whatever scope is open, which frees only what nobody else
   * has retained. From then on {@code deallocate} alone frees it.
   */
  public static <P extends Pointer> P kept(P pointer) {
    return pointer.retainReference();
  }

  /** Strides in elements, row-major ones if there are none. */
  static long[] strides(Shape shape, @Nullable Shape strides) {
    return strides == null ? shape.rowMajor() : strides.dims();
  }

  @Override
  public synchronized void close() {
    for (TensorOptions made : options.values()) {
      made.deallocate();
    }
    options.clear();
  }
}
