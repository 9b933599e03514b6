package dev.tenon.engine;

import dev.tenon.skeleton.InitRule;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import org.bytedeco.pytorch.Tensor;

/**
 * One rule for one slot whose bit is clear. An engine is handed these and nothing else, so it has
 * no way to write a slot that is final.
 *
 * @param slot the slot, which owns its tie group if it is in one
 * @param rule what it gets
 * @param dtype the dtype it has in the model
 * @param tensor its tensor
 */
record InitTask(Slot slot, InitRule rule, DType dtype, Tensor tensor) {
  /** Bytes of the tensor. */
  long bytes() {
    return dtype.bytes(slot.shape().elements());
  }
}
