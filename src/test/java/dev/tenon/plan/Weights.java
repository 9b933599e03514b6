package dev.tenon.plan;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes safetensors files for tests: tensors of zeros, of one repeated byte, or of 0, 1, 2, …. */
public final class Weights {
  private record Tensor(String name, DType dtype, Shape shape, byte first, int step) {}

  private final List<Tensor> tensors = new ArrayList<>();

  public static Weights of(String... namesOfPairs) {
    Weights weights = new Weights();
    for (String name : namesOfPairs) {
      weights.add(name, 2);
    }
    return weights;
  }

  /** A float32 tensor of zeros. */
  Weights add(String name, long... dims) {
    return add(DType.F32, name, dims);
  }

  Weights add(DType dtype, String name, long... dims) {
    tensors.add(new Tensor(name, dtype, Shape.of(dims), (byte) 0, 0));
    return this;
  }

  /** A float32 tensor of two elements, all bytes the same. */
  Weights filled(String name, int fill) {
    tensors.add(new Tensor(name, DType.F32, Shape.of(2), (byte) fill, 0));
    return this;
  }

  /** A tensor of bytes that count up from {@code first}; slots of floats take no other byte. */
  Weights counting(String name, int first, long... dims) {
    tensors.add(new Tensor(name, DType.BOOL, Shape.of(dims), (byte) first, 1));
    return this;
  }

  public Checkpoint open(Path directory) {
    write(directory.resolve("model.safetensors"));
    return Checkpoint.open(directory, null);
  }

  void write(Path file) {
    StringBuilder header = new StringBuilder("{");
    int size = 0;
    for (Tensor tensor : tensors) {
      int end = size + bytes(tensor);
      header
          .append(header.length() > 1 ? "," : "")
          .append(
              "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                  .formatted(tensor.name(), tensor.dtype().code(), tensor.shape(), size, end));
      size = end;
    }
    byte[] json = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer content = ByteBuffer.allocate(8 + json.length + size).order(ByteOrder.LITTLE_ENDIAN);
    content.putLong(json.length).put(json);
    for (Tensor tensor : tensors) {
      for (int i = 0; i < bytes(tensor); i++) {
        content.put((byte) (tensor.first() + i * tensor.step()));
      }
    }
    try {
      Files.write(file, content.array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Shards and their index, each name in the shard given. */
  static Checkpoint sharded(Path directory, String metadata, Map<String, Weights> shards) {
    Map<String, String> weightMap = new LinkedHashMap<>();
    shards.forEach(
        (file, weights) -> {
          weights.write(directory.resolve(file));
          weights.tensors.forEach(
              tensor -> weightMap.put("\"" + tensor.name() + "\"", "\"" + file + "\""));
        });
    String index =
        "{\"metadata\":%s,\"weight_map\":%s}"
            .formatted(metadata, weightMap.toString().replace('=', ':'));
    try {
      Files.writeString(directory.resolve("model.safetensors.index.json"), index);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Checkpoint.open(directory, null);
  }

  private static int bytes(Tensor tensor) {
    return (int) tensor.dtype().bytes(tensor.shape().elements());
  }
}
