package dev.tenon.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.util.List;

/** Fields that several documents have. */
final class Json {
  private Json() {}

  static void shape(JsonGenerator json, String field, Shape shape) throws IOException {
    json.writeFieldName(field);
    long[] dims = shape.dims();
    json.writeArray(dims, 0, dims.length);
  }

  static void strings(JsonGenerator json, String field, List<String> values) throws IOException {
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
