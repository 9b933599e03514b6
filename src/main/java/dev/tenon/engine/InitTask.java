package dev.tenon.engine;

import dev.tenon.skeleton.InitRule;
import dev.tenon.skeleton.Slot;
import org.bytedeco.pytorch.Tensor;

/**
 * One rule for one slot whose bit is clear. An engine is handed these and nothing else, so it has
 * no way to write a slot that is final.
 *
 * @param slot the slot, which owns its tie group if it is in one
 * @param rule what it gets
 * @param tensor its tensor, in the dtype it has in the model
 */
record InitTask(Slot slot, InitRule rule, Tensor tensor) {}
