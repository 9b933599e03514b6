package dev.tenon.plan;

import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.names.Patterns;
import dev.tenon.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** The dtype each slot has in a load, the family's float32 lists included. Thread-safe. */
public final class SlotDTypes {
  private final DType wanted;
  private final List<String> kept = new ArrayList<>();

  /**
   * The dtypes of a load.
   *
   * @param wanted the dtype of floating-point slots
   */
  public SlotDTypes(Patterns patterns, DType wanted) {
    this.wanted = wanted;
    if (wanted == DType.F16) {
      kept.addAll(patterns.keepInFp32());
    }
    if (wanted == DType.F16 || wanted == DType.BF16) {
      kept.addAll(patterns.keepInFp32Strict());
    }
  }

  /** The dtype of a slot. */
  public DType of(Slot slot) {
    DType dtype = slot.dtypeIn(wanted);
    return dtype == wanted && slot.persistent() && isKept(slot.name()) ? DType.F32 : dtype;
  }

  private boolean isKept(String name) {
    for (int i = 0; i < kept.size(); i++) {
      if (hasSegments(name, kept.get(i))) {
        return true;
      }
    }
    return false;
  }

  /** Whether whole segments of a dotted name read {@code segments}. */
  public static boolean hasSegments(String name, String segments) {
    int at = name.indexOf(segments);
    while (at >= 0) {
      int end = at + segments.length();
      boolean starts = at == 0 || name.charAt(at - 1) == '.';
      if (starts && (end == name.length() || name.charAt(end) == '.')) {
        return true;
      }
      at = name.indexOf(segments, at + 1);
    }
    return false;
  }
}
