package dev.tenon;

import dev.tenon.plan.place.Device;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;

/**
 * What became of one slot.
 *
 * @param slot its name, shape and role
 * @param dtype its dtype in the model
 * @param origin how it got its bytes
 * @param from the file, the rule, or the name whose tensor it shares
 * @param device where its tensor is
 */
public record SlotReport(Slot slot, DType dtype, Origin origin, String from, Device device) {

  /** The slot's full name. */
  public String name() {
    return slot.name();
  }

  /** How many bytes its elements take. */
  public long bytes() {
    return dtype.bytes(slot.shape().elements());
  }
}
