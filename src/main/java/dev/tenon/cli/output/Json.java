package dev.tenon.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tenon.LoadReport;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.util.List;

/** Fields that several documents have. */
public final class Json {
  private Json() {}

  /** The config's own word for the class, where it has another than what was loaded. */
  public static void claimedClass(JsonGenerator json, LoadReport report) throws IOException {
    String claimed = report.claimedClass();
    if (claimed != null && !claimed.equals(report.className())) {
      json.writeStringField("claimedClass", claimed);
    }
  }

  public static void shape(JsonGenerator json, String field, Shape shape) throws IOException {
    json.writeFieldName(field);
    long[] dims = shape.dims();
    json.writeArray(dims, 0, dims.length);
  }

  public static void strings(JsonGenerator json, String field, List<String> values)
      throws IOException {
    json.writeFieldName(field);
    strings(json, values);
  }

  static void strings(JsonGenerator json, List<String> values) throws IOException {
    json.writeStartArray();
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }
}
