package dev.tenon.engine.init;

import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.tensor.DType;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * One rule for one slot whose bit is clear. An engine is handed these and nothing else, so it has
 * no way to write a slot that is final.
 *
 * @param slot the slot, which owns its tie group if it is in one
 * @param rule what it gets
 * @param dtype the dtype it has in the model
 * @param tensor its tensor; null if the slot is final and the rule is only to use up the random
 *     numbers the reference draws for it
 */
public record InitTask(Slot slot, InitRule rule, DType dtype, @Nullable Tensor tensor) {
  /** Bytes that are written. */
  public long bytes() {
    return tensor == null ? 0 : dtype.bytes(slot.shape().elements());
  }
}
