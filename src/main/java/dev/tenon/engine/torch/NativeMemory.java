package dev.tenon.engine.torch;

import dev.tenon.nativecore.NativeCore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.PointerConsumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * Tensors over memory or mapped files of the native core. libtorch gives them back with the last
 * tensor over them, whichever thread frees that and whenever: long after the load, mostly.
 */
public final class NativeMemory {
  /** Sizes by address: libtorch's deleter is told where the memory is, not how much there is. */
  private static final Map<Long, Long> SIZES = new ConcurrentHashMap<>();

  /** One object for all tensors, since JavaCPP makes no more than a few native callbacks. */
  private static final Release RELEASE = Tensors.kept(new Release());

  private NativeMemory() {}

  /**
   * A tensor that owns a range.
   *
   * @param address of its first byte
   * @param bytes its size, as it was allocated or mapped
   * @throws RuntimeException libtorch's, if it cannot make one; then the range is given back
   */
  public static Tensor tensor(long address, long bytes, long[] dims, TensorOptions options) {
    SIZES.put(address, bytes);
    try {
      return torch.from_blob(new Address(address), dims, RELEASE, options);
    } catch (Throwable failure) {
      release(address);
      throw failure;
    }
  }

  /** How many ranges tensors hold. */
  public static int held() {
    return SIZES.size();
  }

  /** Whoever comes first gives the memory back: libtorch may have done so as it failed. */
  private static void release(long address) {
    Long bytes = SIZES.remove(address);
    if (bytes != null) {
      NativeCore.free(address, bytes);
    }
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
      release(memory.address());
    }
  }
}
