package dev.tenon.plan.keep;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.checkpoint.gguf.GgufHeader;
import dev.tenon.checkpoint.gguf.GgufTensor;
import dev.tenon.plan.Findings;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Step;
import dev.tenon.plan.names.Dialect;
import dev.tenon.plan.tie.PlannedTies;
import dev.tenon.quantised.PackedWeight;
import dev.tenon.quantised.gguf.GgufWeights;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.names.Patterns;
import dev.tenon.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * A GGUF model that is kept as it is: every tensor under the name its file has, blocks as bytes,
 * with a word on each that says its type and the shape its elements have. What conversion did to
 * names and values is left to whoever computes with them.
 */
public final class KeptGguf {
  private KeptGguf() {}

  /** The plan of a checkpoint whose files are GGUF. */
  public static LoadPlan plan(Checkpoint checkpoint) {
    List<Slot> slots = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    List<PackedWeight> packed = new ArrayList<>();
    for (GgufHeader header : checkpoint.gguf()) {
      for (GgufTensor tensor : header.tensors().values()) {
        TensorEntry entry = tensor.entry();
        boolean trainable = entry.dtype().isFloatingPoint();
        Slot slot =
            new Slot(
                tensor.name(), entry.shape(), entry.dtype(), Slot.Role.PARAMETER, true, trainable);
        slots.add(slot);
        steps.add(new Step.Read(slot, entry.dtype(), entry));
        packed.add(GgufWeights.kept(tensor));
      }
    }
    if (slots.isEmpty()) {
      throw new TenonException(
          "The model has no tensors: file=" + checkpoint.shards().get(0).file());
    }
    List<String> warnings =
        List.of(
            "A GGUF that stays packed has the names and the values of its file, in which a"
                + " conversion has reordered some: file="
                + checkpoint.shards().get(0).file());
    return new LoadPlan(
        new Skeleton("", "", "", slots, List.of(), List.of(), Patterns.NONE, List.of(), List.of()),
        DType.F32,
        Dialect.OWN,
        steps,
        PlannedTies.NONE,
        Findings.NONE.warning(warnings),
        List.of(),
        packed);
  }
}
