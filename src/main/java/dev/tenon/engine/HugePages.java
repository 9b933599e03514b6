package dev.tenon.engine;

import dev.tenon.nativecore.NativeCore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.PointerConsumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * Large tensors in memory of the native core: huge pages, which fresh memory is written to several
 * times faster, and which are not zeroed twice. libtorch gives the memory back with the last tensor
 * over it, whichever thread frees that and whenever: long after the load, mostly.
 */
final class HugePages {
  /** Below this size a tensor would waste more of a huge page than it gains. */
  static final long WORTHWHILE = 4L << 20;

  /** Sizes by address: libtorch's deleter is told where the memory is, not how much there is. */
  private static final Map<Long, Long> SIZES = new ConcurrentHashMap<>();

  /** One object for all tensors, since JavaCPP makes no more than a few native callbacks. */
  private static final Release RELEASE = Tensors.kept(new Release());

  private HugePages() {}

  /**
   * A tensor whose bytes are zero.
   *
   * @param bytes its size, not zero
   */
  static Tensor tensor(NativeCore core, long[] dims, long bytes, TensorOptions options) {
    long address = core.allocate(bytes, false);
    SIZES.put(address, bytes);
    return torch.from_blob(new Address(address), dims, RELEASE, options);
  }

  private static final class Address extends Pointer {
    Address(long value) {
      super((Pointer) null);
      address = value;
    }
  }

  private static final class Release extends PointerConsumer {
    @Override
    public void call(Pointer memory) {
      Long bytes = SIZES.remove(memory.address());
      if (bytes != null) {
        NativeCore.free(memory.address(), bytes);
      }
    }
  }
}
