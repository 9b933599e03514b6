package dev.tenon.engine.init;

import dev.tenon.skeleton.Slot;
import org.bytedeco.pytorch.Tensor;

/** A user's own values for missing slots. It is handed those and has no way to reach another. */
@FunctionalInterface
public interface UserInitializer {
  /**
   * Writes a slot, or leaves it to the library's rules.
   *
   * @param slot a slot that is stored in checkpoints and that no file holds
   * @param tensor its tensor, not written yet, in the model's dtype and on its device; valid during
   *     the call
   * @return whether it is written
   */
  boolean initialize(Slot slot, Tensor tensor);
}
