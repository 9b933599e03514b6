package dev.tenon;

import dev.tenon.skeleton.Slot;
import org.bytedeco.pytorch.Tensor;

/**
 * A user's own values for missing slots. It is handed missing slots and no others, so it cannot
 * write over what a file holds, over a tied slot, or over one that is done already.
 */
@FunctionalInterface
public interface Initializer {
  /**
   * Writes a slot, or leaves it to the library's rule. Called on the thread that loads, in the
   * order of the skeleton's steps.
   *
   * @param slot which one, with its full name and shape
   * @param tensor its tensor, of the model's dtype and on its device, not written yet; valid during
   *     the call, gradients are not recorded
   * @return whether the tensor is written; if false, what it holds is overwritten
   * @throws RuntimeException whatever stops it, and the load, which ends with a {@link
   *     TenonException} that names the slot and has this as its cause
   */
  boolean initialize(Slot slot, Tensor tensor);
}
