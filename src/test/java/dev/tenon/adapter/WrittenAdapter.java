package dev.tenon.adapter;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An adapter that a test makes up: float32 tensors, each of one value. */
public final class WrittenAdapter {
  private final Map<String, String> fields = new LinkedHashMap<>();
  private final List<String> header = new ArrayList<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** A LoRA adapter of rank and alpha 2. */
  public WrittenAdapter() {
    with("peft_type", "\"LORA\"").with("r", "2").with("lora_alpha", "2");
  }

  /** Sets a field of the config to JSON. */
  public WrittenAdapter with(String field, String json) {
    fields.put(field, json);
    return this;
  }

  /** Adds a tensor, all of whose elements are {@code value}; the prefix of keys is put on. */
  public WrittenAdapter tensor(String key, float value, long... shape) {
    return rawTensor("base_model.model." + key, value, shape);
  }

  /** Adds a tensor under a key as it is. */
  public WrittenAdapter rawTensor(String key, float value, long... shape) {
    int elements = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    int start = bytes.size();
    ByteBuffer values = ByteBuffer.allocate(4 * elements).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      values.putFloat(value);
    }
    bytes.writeBytes(values.array());
    header.add(
        "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
            .formatted(key, Arrays.toString(shape), start, bytes.size()));
    return this;
  }

  /** Adds the two factors of a module, of rank 2. */
  public WrittenAdapter pair(String module, long out, long in) {
    return tensor(module + ".lora_A.weight", 0.5f, 2, in)
        .tensor(module + ".lora_B.weight", 1, out, 2);
  }

  /** Writes it. */
  public Path to(Path directory) {
    List<String> config = new ArrayList<>();
    fields.forEach((field, json) -> config.add("\"" + field + "\":" + json));
    byte[] head = ("{" + String.join(",", header) + "}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + head.length + bytes.size()).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(head.length).put(head).put(bytes.toByteArray());
    try {
      Files.createDirectories(directory);
      Files.write(directory.resolve("adapter_model.safetensors"), file.array());
      Files.writeString(
          directory.resolve("adapter_config.json"), "{" + String.join(",", config) + "}");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return directory;
  }
}
