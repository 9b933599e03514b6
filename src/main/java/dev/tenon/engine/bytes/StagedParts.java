package dev.tenon.engine.bytes;

import dev.tenon.plan.move.Move;
import java.util.ArrayList;
import java.util.List;

/** What one buffer takes: slots, or parts of them, those that are neighbours on the device too. */
final class StagedParts {
  private final long size;
  private final List<Part> parts = new ArrayList<>();
  private long used;

  /** Bytes of a slot from {@code first} to {@code end}, and where in the buffer they are. */
  private record Part(StagedSlot slot, long first, long end, long at) {
    long address() {
      return slot.address() + first;
    }
  }

  /**
   * Bytes that are side by side in the buffer and on the device.
   *
   * @param slot in whose memory they begin
   * @param first where in the slot
   * @param at where in the buffer
   */
  record Run(StagedSlot slot, long first, long at, long bytes) {}

  /** None yet, of a buffer of so many bytes. */
  StagedParts(long size) {
    this.size = size;
  }

  /**
   * Adds as much of a slot as there is room for; of one that would fit as a whole into an empty
   * buffer, all or nothing.
   *
   * @return the first byte of the slot there was no room for
   */
  long add(StagedSlot slot, long first) {
    long at = beside(slot.address() + first);
    long end = Math.min(slot.bytes(), first + size - at);
    boolean waits = end < slot.bytes() && slot.bytes() <= size && !parts.isEmpty();
    if (waits || end <= first) {
      return first;
    }
    parts.add(new Part(slot, first, end, at));
    used = at + end - first;
    return end;
  }

  /** As far from the part before as on the device, if they are neighbours there. */
  private long beside(long address) {
    if (!parts.isEmpty()) {
      Part last = parts.get(parts.size() - 1);
      long gap = address - last.slot.address() - last.end;
      if (gap >= 0 && gap < Staging.ALIGNMENT) {
        return used + gap;
      }
    }
    return (used + Staging.ALIGNMENT - 1) / Staging.ALIGNMENT * Staging.ALIGNMENT;
  }

  /** Bytes of slots, without what lies between them. */
  long bytes() {
    long bytes = 0;
    for (Part part : parts) {
      bytes += part.end - part.first;
    }
    return bytes;
  }

  /** Has moves fill the buffer, whose first byte is at an address. */
  void moveTo(long buffer, NativeMoves moves) {
    for (Part part : parts) {
      long slotStart = buffer + part.at - part.first;
      for (Move move : part.slot.moves()) {
        for (Move inside : move.within(part.first, part.end)) {
          moves.add(inside, slotStart, part.slot.name());
        }
      }
    }
  }

  /** What is to be copied to the device, each by one copy. */
  List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    for (int first = 0, next; first < parts.size(); first = next) {
      Part from = parts.get(first);
      Part last = from;
      for (next = first + 1; next < parts.size() && joins(from, parts.get(next)); next++) {
        last = parts.get(next);
      }
      long end = last.at + last.end - last.first;
      runs.add(new Run(from.slot, from.first, from.at, end - from.at));
    }
    return runs;
  }

  private static boolean joins(Part from, Part other) {
    return other.address() - from.address() == other.at - from.at
        && other.slot.target().is_alias_of(from.slot.target());
  }

  /** Empties it. */
  void clear() {
    parts.clear();
    used = 0;
  }
}
