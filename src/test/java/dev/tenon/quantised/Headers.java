package dev.tenon.quantised;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.skeleton.Config;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Checkpoints in tests of which only names, dtypes and shapes matter; their bytes are zeros. */
public final class Headers {
  private final Map<String, String> tensors = new LinkedHashMap<>();
  private long end;
  private String config = "{}";

  /** One of the layouts that libraries write, as a description in the resources has it. */
  public static Headers of(String layout) throws IOException {
    JsonNode described =
        new JsonMapper()
            .readTree(Path.of("src/test/resources/quantised", layout + ".json").toFile());
    Headers headers = new Headers();
    for (Map.Entry<String, JsonNode> tensor : described.get("tensors").properties()) {
      JsonNode dims = tensor.getValue().get(1);
      long[] shape = new long[dims.size()];
      for (int i = 0; i < shape.length; i++) {
        shape[i] = dims.get(i).longValue();
      }
      headers.add(DType.ofCode(tensor.getValue().get(0).textValue()), tensor.getKey(), shape);
    }
    headers.config = described.get("config").toString();
    return headers;
  }

  /** A tensor more. */
  public Headers add(DType dtype, String name, long... dims) {
    Shape shape = Shape.of(dims);
    long start = end;
    end += dtype.bytes(shape.elements());
    tensors.put(
        name,
        "{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
            .formatted(dtype.code(), shape, start, end));
    return this;
  }

  /** The fields of the layout's config that speak of its packing. */
  public Config config() {
    return Config.parse("config.json", config);
  }

  /** The same as text. */
  public String configText() {
    return config;
  }

  /** The checkpoint in a directory. */
  public Checkpoint open(Path directory) throws IOException {
    StringBuilder header = new StringBuilder("{");
    for (Map.Entry<String, String> tensor : tensors.entrySet()) {
      header.append(header.length() > 1 ? "," : "");
      header.append('"').append(tensor.getKey()).append("\":").append(tensor.getValue());
    }
    byte[] json = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer start = ByteBuffer.allocate(8 + json.length).order(ByteOrder.LITTLE_ENDIAN);
    Path file = directory.resolve("model.safetensors");
    Files.write(file, start.putLong(json.length).put(json).array());
    try (RandomAccessFile whole = new RandomAccessFile(file.toFile(), "rw")) {
      whole.setLength(8 + json.length + end);
    }
    return Checkpoint.open(directory, null);
  }
}
