package dev.tenon.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.tenon.LoadReport;
import dev.tenon.Origin;
import dev.tenon.SlotReport;
import dev.tenon.plan.Mismatch;
import dev.tenon.plan.PlanBytes;
import dev.tenon.plan.ReadBytes;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.Tie;
import dev.tenon.tensor.Shape;
import dev.tenon.trace.Interval;
import dev.tenon.trace.Millis;
import java.io.IOException;
import java.io.Writer;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;

/**
 * A report as the page's script reads it: JSON, a column for each fact about slots. What repeats is
 * a number, and a name is how much it has in common with the one before and the rest: a hundred
 * thousand slots take two or three megabytes.
 */
final class PageData {
  private final LoadReport report;
  private final JsonGenerator json;

  private PageData(LoadReport report, JsonGenerator json) {
    this.report = report;
    this.json = json;
  }

  /** Writes the data as text that may stand in an element of a page. Does not close the writer. */
  static void write(LoadReport report, Writer out) throws IOException {
    JsonFactory factory = JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    factory.setCharacterEscapes(new PageEscapes());
    try (JsonGenerator json = factory.createGenerator(out)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      new PageData(report, json).write();
    }
  }

  private void write() throws IOException {
    json.writeStartObject();
    json.writeStringField("class", report.className());
    json.writeStringField("modelType", report.modelType());
    json.writeStringField("dtype", report.dtype().torchName());
    json.writeStringField("device", report.device());
    names("missing", report.missing());
    names("unexpected", report.unexpected());
    mismatched();
    strings("warnings", report.warnings());
    json.writeArrayFieldStart("parted");
    for (Tie tie : report.parted()) {
      strings(List.of(tie.target(), tie.source()));
    }
    json.writeEndArray();
    bytes(report.bytes(), report.read());
    millis(report.millis());
    timeline();
    slots();
    json.writeEndObject();
  }

  private void mismatched() throws IOException {
    json.writeArrayFieldStart("mismatched");
    for (Mismatch mismatch : report.mismatched()) {
      json.writeStartArray();
      json.writeString(mismatch.name());
      shape(mismatch.checkpoint());
      shape(mismatch.model());
      json.writeEndArray();
    }
    json.writeEndArray();
  }

  private void bytes(PlanBytes bytes, ReadBytes read) throws IOException {
    json.writeObjectFieldStart("bytes");
    json.writeNumberField("loaded", bytes.loaded());
    json.writeNumberField("initialized", bytes.initialized());
    json.writeNumberField("tied", bytes.tied());
    json.writeEndObject();
    json.writeObjectFieldStart("read");
    json.writeNumberField("mapped", read.mapped());
    json.writeNumberField("populated", read.populated());
    json.writeNumberField("readAhead", read.readAhead());
    json.writeNumberField("copied", read.copied());
    json.writeNumberField("converted", read.converted());
    json.writeEndObject();
  }

  private void millis(Millis millis) throws IOException {
    json.writeFieldName("total");
    fraction(millis.total());
  }

  /** Each interval: kind, name, bytes, thread, start, duration. */
  private void timeline() throws IOException {
    Codes<String> threads = new Codes<>();
    json.writeArrayFieldStart("timeline");
    for (Interval interval : report.timeline()) {
      json.writeStartArray();
      json.writeNumber(interval.kind().ordinal());
      json.writeString(interval.name());
      json.writeNumber(interval.bytes());
      json.writeNumber(threads.of(interval.thread()));
      fraction(interval.start());
      fraction(interval.millis());
      json.writeEndArray();
    }
    json.writeEndArray();
    strings("threads", threads.values());
  }

  private void slots() throws IOException {
    names("slots", report.slots().stream().map(SlotReport::name).toList());
    Codes<Kind> kinds = new Codes<>();
    column("kind", slot -> kinds.of(Kind.of(slot, report.placed())));
    Codes<String> sources = new Codes<>();
    column("from", slot -> sources.of(slot.from()));
    column("origin", slot -> slot.origin().ordinal());
    json.writeArrayFieldStart("kinds");
    for (Kind kind : kinds.values()) {
      kind.write(this);
    }
    json.writeEndArray();
    strings("sources", sources.values());
    json.writeArrayFieldStart("origins");
    for (Origin origin : Origin.values()) {
      json.writeString(origin.name().toLowerCase(Locale.ROOT));
    }
    json.writeEndArray();
  }

  /** What many slots have in common. */
  private record Kind(Shape shape, String dtype, long bytes, Slot.Role role, String device) {
    static Kind of(SlotReport slot, boolean placed) {
      return new Kind(
          slot.slot().shape(),
          slot.dtype().torchName(),
          slot.bytes(),
          slot.slot().role(),
          placed ? slot.device().toString() : "");
    }

    void write(PageData data) throws IOException {
      data.json.writeStartArray();
      data.shape(shape);
      data.json.writeString(dtype);
      data.json.writeNumber(bytes);
      data.json.writeNumber(shape.elements());
      data.json.writeNumber(role.ordinal());
      data.json.writeString(device);
      data.json.writeEndArray();
    }
  }

  private void column(String field, ToIntFunction<SlotReport> value) throws IOException {
    json.writeArrayFieldStart(field);
    for (SlotReport slot : report.slots()) {
      json.writeNumber(value.applyAsInt(slot));
    }
    json.writeEndArray();
  }

  /** Names, each as the length of what it shares with the one before, and what follows. */
  private void names(String field, List<String> names) throws IOException {
    json.writeArrayFieldStart(field);
    String before = "";
    for (String name : names) {
      int common = 0;
      int most = Math.min(before.length(), name.length());
      while (common < most && before.charAt(common) == name.charAt(common)) {
        common++;
      }
      json.writeNumber(common);
      json.writeString(name.substring(common));
      before = name;
    }
    json.writeEndArray();
  }

  private void strings(String field, Collection<String> values) throws IOException {
    json.writeFieldName(field);
    strings(values);
  }

  private void strings(Collection<String> values) throws IOException {
    json.writeStartArray();
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }

  private void shape(Shape shape) throws IOException {
    long[] dims = shape.dims();
    json.writeArray(dims, 0, dims.length);
  }

  /** To the microsecond. */
  private void fraction(double millis) throws IOException {
    json.writeNumber(Math.round(millis * 1000) / 1000.0);
  }
}
