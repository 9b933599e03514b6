package dev.tenon.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tenon.LoadReport;
import dev.tenon.SlotReport;
import dev.tenon.plan.Mismatch;
import dev.tenon.plan.PlanBytes;
import dev.tenon.quantised.PackedWeight;
import dev.tenon.trace.Millis;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A report as {@code load}, {@code init} and {@code plan} print it with {@code --json}. */
public final class ReportJson {
  private ReportJson() {}

  /** Writes a report; tensors in {@code digests} get a {@code crc32}. */
  public static void write(LoadReport report, Map<String, Integer> digests, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("class", report.className());
    Json.claimedClass(json, report);
    json.writeStringField("modelType", report.modelType());
    json.writeStringField("dtype", report.dtype().torchName());
    json.writeStringField("device", report.device());
    Json.strings(json, "missing", report.missing());
    Json.strings(json, "unexpected", report.unexpected());
    json.writeArrayFieldStart("mismatched");
    for (Mismatch mismatch : report.mismatched()) {
      json.writeStartObject();
      json.writeStringField("name", mismatch.name());
      Json.shape(json, "checkpoint", mismatch.checkpoint());
      Json.shape(json, "model", mismatch.model());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("tied");
    for (List<String> group : report.tied()) {
      Json.strings(json, group);
    }
    json.writeEndArray();
    Json.strings(json, "warnings", report.warnings());
    packed(report.packed(), json);
    json.writeArrayFieldStart("tensors");
    Map<String, PackedWeight> blocks = blocks(report);
    for (SlotReport slot : report.slots()) {
      tensor(slot, blocks.get(slot.name()), report.placed(), digests.get(slot.name()), json);
    }
    json.writeEndArray();
    bytes(report.bytes(), json);
    millis(report.millis(), json);
    json.writeEndObject();
  }

  /** Weights that stay packed; nothing where there are none. */
  private static void packed(List<PackedWeight> weights, JsonGenerator json) throws IOException {
    if (weights.isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("packed");
    for (PackedWeight weight : weights) {
      json.writeStartObject();
      json.writeStringField("name", weight.name());
      json.writeStringField("slot", weight.slot());
      Json.shape(json, "shape", weight.shape());
      json.writeStringField("scheme", weight.packing().scheme());
      json.writeNumberField("bits", weight.packing().bits());
      json.writeStringField("group", weight.packing().group());
      json.writeStringField("order", weight.order().name().toLowerCase(Locale.ROOT));
      json.writeNumberField("zeroOffset", weight.zeroOffset());
      json.writeBooleanField("rowMajor", weight.strides() == null);
      Json.strings(json, "tensors", weight.tensors());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** What tensors of blocks stand for, by their names. */
  static Map<String, PackedWeight> blocks(LoadReport report) {
    Map<String, PackedWeight> blocks = new HashMap<>();
    for (PackedWeight weight : report.packed()) {
      if (weight.ggmlType() != null) {
        blocks.put(weight.tensors().get(0), weight);
      }
    }
    return blocks;
  }

  private static void tensor(
      SlotReport slot,
      @Nullable PackedWeight block,
      boolean placed,
      @Nullable Integer crc32,
      JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", slot.name());
    json.writeStringField("kind", slot.slot().isParameter() ? "parameter" : "buffer");
    Json.shape(json, "shape", block == null ? slot.slot().shape() : block.shape());
    json.writeStringField("dtype", block == null ? slot.dtype().torchName() : block.ggmlType());
    json.writeStringField("origin", slot.origin().name().toLowerCase(Locale.ROOT));
    json.writeStringField("from", slot.from());
    if (placed) {
      json.writeStringField("device", slot.device().toString());
    }
    if (crc32 != null) {
      json.writeStringField("crc32", String.format("%08x", crc32));
    }
    json.writeEndObject();
  }

  public static void bytes(PlanBytes bytes, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("bytes");
    json.writeNumberField("loaded", bytes.loaded());
    json.writeNumberField("initialized", bytes.initialized());
    json.writeNumberField("tied", bytes.tied());
    json.writeEndObject();
  }

  public static void millis(Millis millis, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("millis");
    for (Map.Entry<String, Double> phase : Phases.of(millis).entrySet()) {
      BigDecimal exact = BigDecimal.valueOf(phase.getValue()).setScale(3, RoundingMode.HALF_UP);
      json.writeFieldName(phase.getKey());
      json.writeNumber(exact.toPlainString());
    }
    json.writeEndObject();
  }
}
