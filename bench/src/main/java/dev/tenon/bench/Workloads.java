package dev.tenon.bench;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.init.InitRule;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Models and files of any size, made in a moment. */
final class Workloads {
  private Workloads() {}

  /** So many parameters of so many elements each, all drawn from a normal distribution. */
  static Skeleton skeleton(int parameters, long elements) {
    return Architecture.of(
            "Synthetic",
            "",
            config -> config,
            config ->
                module -> {
                  module.model(config);
                  for (int i = 0; i < parameters; i++) {
                    module.parameter(name(i), new InitRule.Normal(0, 0.02), elements);
                  }
                })
        .skeleton("synthetic", Config.defaults());
  }

  /** Two parameters of so many elements, of which the second is tied to the first or is not. */
  static Skeleton pair(long elements, boolean tied) {
    return Architecture.of(
            "Pair",
            "",
            config -> config,
            config ->
                module ->
                    module
                        .model(config)
                        .parameter("embedding", new InitRule.Normal(0, 0.02), elements)
                        .parameter("head", new InitRule.Normal(0, 0.02), elements)
                        .tie("head", "embedding"))
        .skeleton("pair", Config.defaults().with("tie_word_embeddings", tied));
  }

  /**
   * A sparse safetensors file with the tensors of {@link #skeleton}, all zeros, in float32.
   *
   * @return the file, which the caller deletes
   */
  static Path file(int parameters, long elements) {
    StringBuilder header = new StringBuilder("{");
    long bytes = elements * Float.BYTES;
    for (int i = 0; i < parameters; i++) {
      header
          .append(i == 0 ? "\"" : ",\"")
          .append(name(i))
          .append("\":{\"dtype\":\"F32\",\"shape\":[")
          .append(elements)
          .append("],\"data_offsets\":[")
          .append(i * bytes)
          .append(',')
          .append((i + 1) * bytes)
          .append("]}");
    }
    header.append("}");
    header.append(" ".repeat((8 - header.length() % 8) % 8));
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    try {
      Path file = Files.createTempFile("tenon-bench", ".safetensors");
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.write(length.putLong(text.length).array());
        out.write(text);
      }
      try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
        sparse.setLength(8L + text.length + parameters * bytes);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The checkpoint in a file. */
  static Checkpoint checkpoint(Path file) {
    return Checkpoint.open(file, null);
  }

  static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In layers of a hundred; a million of longer names would not fit into one header. */
  private static String name(int i) {
    return "layers.%d.experts.%d.up.weight".formatted(i / 100, i % 100);
  }
}
