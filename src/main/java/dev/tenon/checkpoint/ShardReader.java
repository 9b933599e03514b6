package dev.tenon.checkpoint;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.format.FileKind;
import dev.tenon.checkpoint.torch.TorchFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the header of a weight file of either format, and of many at once. */
public final class ShardReader {
  private static final List<String> TORCH_NAMES = List.of(".bin", ".pt", ".pth", ".ckpt");

  /** Fewer are read before the pool's threads have started. */
  private static final int MANY = 8;

  private ShardReader() {}

  /** A shard, or why there is none. */
  private record Outcome(@Nullable Shard shard, @Nullable TenonException fault) {
    Shard orThrow() {
      if (shard == null) {
        throw fault;
      }
      return shard;
    }
  }

  /** Reads all headers, many in parallel; of several faults the first file's is thrown. */
  static List<Shard> readAll(List<Path> files) {
    if (files.size() < MANY) {
      List<Shard> shards = new ArrayList<>(files.size());
      for (Path file : files) {
        shards.add(read(file));
      }
      return shards;
    }
    List<Outcome> outcomes = files.parallelStream().map(ShardReader::attempt).toList();
    List<Shard> shards = new ArrayList<>(files.size());
    for (Outcome outcome : outcomes) {
      shards.add(outcome.orThrow());
    }
    return shards;
  }

  private static Outcome attempt(Path file) {
    try {
      return new Outcome(read(file), null);
    } catch (TenonException e) {
      return new Outcome(null, e);
    }
  }

  /** Reads one header. */
  public static Shard read(Path file) {
    return isTorch(file) ? TorchFile.read(file) : SafetensorsHeader.read(file).toShard();
  }

  /** Whether a file is torch's: its name says so, or says nothing and its first bytes do. */
  static boolean isTorch(Path file) {
    String name = file.getFileName().toString();
    if (name.endsWith(".safetensors")) {
      return false;
    }
    for (String ending : TORCH_NAMES) {
      if (name.endsWith(ending)) {
        return true;
      }
    }
    return Files.isRegularFile(file) && FileKind.of(file).isTorch();
  }
}
