package dev.tenon.checkpoint;

import com.fasterxml.jackson.core.JsonToken;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.format.Errors;
import dev.tenon.checkpoint.format.StrictJson;
import dev.tenon.tensor.DType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of a safetensors header: an object of tensors by name, and optionally {@code
 * __metadata__}, an object of strings. Fields of a tensor the format does not know are skipped.
 */
final class HeaderParser {
  private static final String METADATA = "__metadata__";

  /** Dtypes of blocks that no description of the format has; one program writes them. */
  private static final Set<String> JLAMA = Set.of("Q4", "Q5");

  /** The largest checkpoints have some hundred thousand, in all their files. */
  private static final int MOST_TENSORS = 1 << 20;

  private final Path file;
  private final StrictJson json;
  private final List<HeaderTensor> tensors = new ArrayList<>();
  private Map<String, String> metadata = Map.of();
  private long[] dims = new long[8];

  private HeaderParser(Path file, StrictJson json) {
    this.file = file;
    this.json = json;
  }

  /** What a header holds: its tensors in the order they are written. */
  record Contents(List<HeaderTensor> tensors, Map<String, String> metadata) {}

  /** Reads a whole stream as one header. */
  static Contents parse(Path file, InputStream in) throws IOException {
    try (StrictJson json = StrictJson.over(in)) {
      HeaderParser parser = new HeaderParser(file, json);
      parser.header();
      return new Contents(parser.tensors, parser.metadata);
    }
  }

  private void header() throws IOException {
    expect(json.next(), JsonToken.START_OBJECT, "The header is no JSON object", null);
    Set<String> seen = new HashSet<>();
    for (String name = json.nextName(seen); name != null; name = json.nextName(seen)) {
      if (name.equals(METADATA)) {
        metadata = metadata();
      } else {
        if (tensors.size() == MOST_TENSORS) {
          throw Errors.bad(file, "The header lists too many tensors", "allowed", MOST_TENSORS);
        }
        tensors.add(tensor(name));
      }
    }
    json.end();
  }

  private Map<String, String> metadata() throws IOException {
    expect(json.next(), JsonToken.START_OBJECT, "__metadata__ is no JSON object", null);
    Map<String, String> map = new LinkedHashMap<>();
    for (String key = json.nextName(); key != null; key = json.nextName()) {
      json.requireNew(!map.containsKey(key));
      expect(json.next(), JsonToken.VALUE_STRING, "A value of __metadata__ is no string", key);
      map.put(key, json.text());
    }
    return map;
  }

  private HeaderTensor tensor(String name) throws IOException {
    expect(json.next(), JsonToken.START_OBJECT, "A tensor is described by no JSON object", name);
    DType dtype = null;
    long[] shape = null;
    long[] offsets = null;
    Set<String> unknown = Set.of();
    for (String field = json.nextName(); field != null; field = json.nextName()) {
      switch (field) {
        case "dtype" -> {
          json.requireNew(dtype == null);
          dtype = dtype(json.next(), name);
        }
        case "shape" -> {
          json.requireNew(shape == null);
          shape = unsigned(json.next(), field, name);
        }
        case "data_offsets" -> {
          json.requireNew(offsets == null);
          offsets = unsigned(json.next(), field, name);
        }
        default -> {
          unknown = unknown.isEmpty() ? new HashSet<>() : unknown;
          json.requireNew(unknown.add(field));
          json.next();
          json.skipValue();
        }
      }
    }
    long[] span = required(offsets, "data_offsets", name);
    if (span.length != 2) {
      throw fault("data_offsets are not two numbers", name);
    }
    return new HeaderTensor(
        name, required(dtype, "dtype", name), required(shape, "shape", name), span[0], span[1]);
  }

  private DType dtype(JsonToken value, String name) throws IOException {
    expect(value, JsonToken.VALUE_STRING, "dtype is no string", name);
    DType dtype = DType.ofCode(json.text());
    if (dtype == null) {
      String sentence =
          JLAMA.contains(json.text())
              ? "The file is quantised by Jlama, load the weights it was made from"
              : "Unknown dtype";
      throw Errors.bad(file, sentence, "tensor", name, "dtype", json.text());
    }
    return dtype;
  }

  private long[] unsigned(JsonToken value, String field, String name) throws IOException {
    expect(value, JsonToken.START_ARRAY, field + " is no array", name);
    int count = 0;
    for (JsonToken token = json.next(); token != JsonToken.END_ARRAY; token = json.next()) {
      expect(token, JsonToken.VALUE_NUMBER_INT, field + " holds no whole number", name);
      if (count == dims.length) {
        dims = Arrays.copyOf(dims, 2 * count);
      }
      dims[count++] = json.unsigned();
    }
    return Arrays.copyOf(dims, count);
  }

  private void expect(
      @Nullable JsonToken actual, JsonToken expected, String sentence, @Nullable String name) {
    if (actual != expected) {
      throw fault(sentence, name);
    }
  }

  private <T> T required(@Nullable T value, String field, String name) {
    if (value == null) {
      throw fault("A tensor has no " + field, name);
    }
    return value;
  }

  private TenonException fault(String sentence, @Nullable String name) {
    return name == null ? Errors.bad(file, sentence) : Errors.bad(file, sentence, "tensor", name);
  }
}
