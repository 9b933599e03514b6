package dev.tenon.engine;

import dev.tenon.plan.LoadPlan;
import org.bytedeco.pytorch.Tensor;

/**
 * The slots of one load, on their way from a plan to tensors.
 *
 * @param plan what becomes of each
 * @param tensors one a slot, as far as it has one
 * @param initialized which of them have their final bytes
 */
record SlotStates(LoadPlan plan, Tensor[] tensors, Initialized initialized) {}
