package dev.tenon.engine;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Slot;
import java.util.BitSet;
import java.util.List;

/**
 * One bit a slot of one load: set when the slot's bytes are final, because they were read, computed
 * or drawn, or because a tie binds the slot to another's. A bit is set once and never cleared.
 *
 * <p>Used by the thread that loads, never by its workers.
 */
final class Initialized {
  private final List<Slot> slots;
  private final BitSet bits;

  Initialized(List<Slot> slots) {
    this.slots = slots;
    this.bits = new BitSet(slots.size());
  }

  /**
   * Marks a slot final.
   *
   * @throws IllegalStateException if it already is: then something was about to be written twice
   */
  void set(int slot) {
    if (bits.get(slot)) {
      throw new IllegalStateException("Slot is final already: slot=" + slots.get(slot).name());
    }
    bits.set(slot);
  }

  boolean isClear(int slot) {
    return !bits.get(slot);
  }

  /**
   * Checks the invariant a load ends with.
   *
   * @throws TenonException if a slot was never written; it names the first
   */
  void verifyAll() {
    int clear = bits.nextClearBit(0);
    if (clear < slots.size()) {
      throw new TenonException(
          "No rule writes a slot that no file holds: slot="
              + slots.get(clear).name()
              + ", unwritten="
              + (slots.size() - bits.cardinality()));
    }
  }
}
