package dev.tenon.checkpoint.write;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.core.util.Separators.Spacing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** Writes the index beside shards, byte for byte as the reference does for ASCII names. */
final class IndexWriter {
  private IndexWriter() {}

  /**
   * The file's bytes.
   *
   * @param weightMap the file each tensor is in
   * @param parameters how many elements the model's parameters have, tied ones counted once
   * @param bytes how many the tensors take in the files
   */
  static byte[] json(Map<String, String> weightMap, long parameters, long bytes)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    JsonFactory factory = JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    try (JsonGenerator json = factory.createGenerator(out)) {
      json.setPrettyPrinter(pythons());
      json.writeStartObject();
      json.writeObjectFieldStart("metadata");
      json.writeNumberField("total_parameters", parameters);
      json.writeNumberField("total_size", bytes);
      json.writeEndObject();
      json.writeObjectFieldStart("weight_map");
      Map<String, String> sorted = new TreeMap<>(SafetensorsWriter::compareCodePoints);
      sorted.putAll(weightMap);
      for (Map.Entry<String, String> entry : sorted.entrySet()) {
        json.writeStringField(entry.getKey(), entry.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
      json.writeRaw('\n');
    }
    return out.toByteArray();
  }

  /** The layout of {@code json.dumps(…, indent=2)}. */
  private static DefaultPrettyPrinter pythons() {
    Separators separators =
        Separators.createDefaultInstance().withObjectFieldValueSpacing(Spacing.AFTER);
    return new DefaultPrettyPrinter(separators).withObjectIndenter(new DefaultIndenter("  ", "\n"));
  }
}
