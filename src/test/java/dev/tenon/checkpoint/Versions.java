package dev.tenon.checkpoint;

import dev.tenon.checkpoint.write.CheckpointWriter;
import dev.tenon.checkpoint.write.NewCheckpoint;
import dev.tenon.checkpoint.write.NewTensor;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Checkpoints that can be told apart and seen to be whole: each tensor and the config hold the
 * number of the version. Numbers differ in how many files there are and which.
 */
public final class Versions {
  /** Versions are numbered from 0 on, below this. */
  static final int COUNT = 256;

  private static final int TENSOR_BYTES = 2000;

  private Versions() {}

  /** How many shards a version has; 1 is a single file. */
  public static int shards(int version) {
    return new int[] {5, 5, 1, 1, 9, 3}[version % 6];
  }

  public static NewCheckpoint of(int version) {
    List<NewTensor> tensors = new ArrayList<>();
    for (int i = 0; i < shards(version); i++) {
      byte[] bytes = new byte[TENSOR_BYTES];
      Arrays.fill(bytes, (byte) version);
      tensors.add(
          new NewTensor(
              "w." + i,
              DType.U8,
              Shape.of(TENSOR_BYTES),
              NewTensor.ALONE,
              sink -> sink.put(ByteBuffer.wrap(bytes))));
    }
    Map<String, byte[]> files = new LinkedHashMap<>();
    // Two versions in a row have one config, so that there is nothing to change but weights.
    files.put("config.json", config(version).getBytes(StandardCharsets.US_ASCII));
    files.put(
        "skeleton.json",
        version % 3 == 0 ? config(version).getBytes(StandardCharsets.US_ASCII) : null);
    return new NewCheckpoint(tensors, 1, files);
  }

  private static String config(int version) {
    return "config of " + version / 2;
  }

  public static void write(Path directory, int version) {
    write(directory, version, CheckpointWriter.Listener.NONE);
  }

  public static List<Path> write(Path directory, int version, CheckpointWriter.Listener listener) {
    return CheckpointWriter.write(directory, of(version), TENSOR_BYTES, listener);
  }

  /** The version a directory holds, read as a loader reads it, every byte. */
  public static int read(Path directory) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(directory, null);
    int version = -1;
    for (TensorEntry entry : checkpoint.entries()) {
      byte[] all = Files.readAllBytes(entry.file());
      for (int i = 0; i < TENSOR_BYTES; i++) {
        int found = all[(int) entry.offset() + i] & 0xff;
        if (version >= 0 && found != version) {
          throw new AssertionError("mixed: " + version + " and " + found + " in " + entry);
        }
        version = found;
      }
    }
    require(checkpoint.entries().size() == shards(version), "tensors lack of " + version);
    String config = Files.readString(directory.resolve("config.json"));
    require(config.equals(config(version)), config + " beside the weights of " + version);
    Path skeleton = directory.resolve("skeleton.json");
    require(Files.exists(skeleton) == (version % 3 == 0), "skeleton of another than " + version);
    require(
        !Files.exists(skeleton) || Files.readString(skeleton).equals(config(version)),
        "skeleton of another than " + version);
    return version;
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new AssertionError(otherwise);
    }
  }
}
