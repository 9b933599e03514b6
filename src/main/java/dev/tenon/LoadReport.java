package dev.tenon;

import dev.tenon.plan.Mismatch;
import dev.tenon.plan.PlanBytes;
import dev.tenon.plan.ReadBytes;
import dev.tenon.quantised.PackedWeight;
import dev.tenon.skeleton.Tie;
import dev.tenon.tensor.DType;
import dev.tenon.trace.Interval;
import dev.tenon.trace.Millis;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a load did, or would do. Immutable.
 *
 * @param className the class, such as {@code Gemma2ForCausalLM}
 * @param claimedClass the class the config names, or null if it names none
 * @param modelType the config's {@code model_type}
 * @param dtype the dtype of floating-point slots
 * @param device where the tensors are: {@code cpu}, or several as in {@code cuda:0,cpu}
 * @param slots every slot, parameters first, each in registration order
 * @param missing names no file holds and no tie fills
 * @param unexpected keys of the files that no slot takes
 * @param mismatched slots whose stored shape differs; they were initialised
 * @param tied names that share one tensor, a list for each group
 * @param parted declared ties whose two sides hold different values; they stay apart for good
 * @param warnings what a user should know, a sentence each
 * @param packed weights that stay packed, whose tensors are slots
 * @param bytes sizes by where they come from
 * @param read bytes of files by the way they became tensors
 * @param timeline what the load did when, by its start
 * @param millis durations; all zero in the report of a plan but those of planning
 */
public record LoadReport(
    String className,
    @Nullable String claimedClass,
    String modelType,
    DType dtype,
    String device,
    List<SlotReport> slots,
    List<String> missing,
    List<String> unexpected,
    List<Mismatch> mismatched,
    List<List<String>> tied,
    List<Tie> parted,
    List<String> warnings,
    List<PackedWeight> packed,
    PlanBytes bytes,
    ReadBytes read,
    List<Interval> timeline,
    Millis millis) {

  /** Whether tensors are on several devices, so that it says something on which each is. */
  public boolean placed() {
    return device.indexOf(',') >= 0;
  }

  /** Copies the lists. */
  public LoadReport {
    slots = List.copyOf(slots);
    missing = List.copyOf(missing);
    unexpected = List.copyOf(unexpected);
    mismatched = List.copyOf(mismatched);
    List<List<String>> groups = new ArrayList<>(tied.size());
    for (List<String> group : tied) {
      groups.add(List.copyOf(group));
    }
    tied = List.copyOf(groups);
    parted = List.copyOf(parted);
    warnings = List.copyOf(warnings);
    packed = List.copyOf(packed);
    timeline = List.copyOf(timeline);
  }
}
