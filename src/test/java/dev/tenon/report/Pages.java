package dev.tenon.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tenon.LoadReport;
import dev.tenon.Origin;
import dev.tenon.SlotReport;
import dev.tenon.plan.PlanBytes;
import dev.tenon.plan.ReadBytes;
import dev.tenon.plan.place.Device;
import dev.tenon.skeleton.Slot;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import dev.tenon.trace.Interval;
import dev.tenon.trace.Millis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reports that no load needs to have made, and what stands in their pages. */
final class Pages {
  private static final String BEFORE = "<script type=\"application/json\" id=\"data\">";

  private Pages() {}

  /** A load of one file that found everything, but these names. */
  static LoadReport report(List<SlotReport> slots, List<String> missing, List<String> warnings) {
    List<Interval> timeline =
        List.of(
            new Interval(Interval.Kind.PHASE, "plan", 0, "main", 0, 2),
            new Interval(Interval.Kind.PHASE, "read", 0, "main", 2, 30),
            new Interval(Interval.Kind.SHARD, "model.safetensors", 1 << 20, "main", 3, 28),
            new Interval(Interval.Kind.SLOT, "layers.0.mlp.weight", 1 << 19, "worker", 4, 20));
    return new LoadReport(
        "TinyLmForCausalLM",
        "TinyLmForCausalLM",
        "tiny_lm",
        DType.BF16,
        "cpu",
        slots,
        missing,
        List.of("a key no slot takes"),
        List.of(),
        List.of(),
        List.of(),
        warnings,
        List.of(),
        new PlanBytes(1 << 20, 64, 0),
        new ReadBytes(1 << 20, 0, 0, 0, 0),
        timeline,
        new Millis(1, 1, 1, 1, 30, 1, 1, 40));
  }

  /** A loaded slot of a name. */
  static SlotReport slot(String name, long... shape) {
    Slot slot = new Slot(name, Shape.of(shape), DType.F32, Slot.Role.PARAMETER, false, true);
    return new SlotReport(slot, DType.BF16, Origin.LOADED, "model.safetensors", Device.CPU);
  }

  /** Slots of a mixture of experts: six in each of so many experts of so many layers. */
  static List<SlotReport> experts(int layers, int experts) {
    List<SlotReport> slots = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      for (int expert = 0; expert < experts; expert++) {
        String prefix = "model.layers." + layer + ".mlp.experts." + expert + ".";
        for (String name : List.of("gate_proj", "up_proj", "down_proj")) {
          slots.add(slot(prefix + name + ".weight", 2048, 1024));
          slots.add(slot(prefix + name + ".weight_scale", 16, 8));
        }
      }
    }
    return slots;
  }

  /** The data in a page, as a browser would parse it: the text up to the first end tag. */
  static JsonNode data(Path page) throws IOException {
    String text = Files.readString(page);
    int start = text.indexOf(BEFORE) + BEFORE.length();
    return JsonMapper.builder()
        .build()
        .readTree(text.substring(start, text.indexOf("</script", start)));
  }
}
