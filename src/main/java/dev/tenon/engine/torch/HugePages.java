package dev.tenon.engine.torch;

import dev.tenon.nativecore.NativeCore;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;

/**
 * Large tensors in memory of the native core: huge pages, which fresh memory is written to several
 * times faster, and which are not zeroed twice.
 */
final class HugePages {
  /** Below this size a tensor would waste more of a huge page than it gains. */
  static final long WORTHWHILE = 4L << 20;

  private HugePages() {}

  /**
   * A tensor whose bytes are zero.
   *
   * @param bytes its size, not zero
   */
  static Tensor tensor(NativeCore core, long[] dims, long bytes, TensorOptions options) {
    return NativeMemory.tensor(core.allocate(bytes, false), bytes, dims, options);
  }
}
