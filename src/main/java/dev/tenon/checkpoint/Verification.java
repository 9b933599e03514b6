package dev.tenon.checkpoint;

import dev.tenon.TenonException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a check of weight files found: they keep their format's rules, and every index beside them
 * tells the truth.
 *
 * @param path what was checked: a file or a directory
 * @param files how many weight files
 * @param tensors how many tensors in them
 * @param bytes the bytes of their tensors; those that share bytes count for each name
 * @param dataRead whether every byte of the files was read, not the headers alone
 */
public record Verification(Path path, int files, long tensors, long bytes, boolean dataRead) {

  /**
   * Checks a weight file, an index and the shards it lists, or everything of that kind in a
   * directory ({@code *.safetensors}, {@code pytorch_model*.bin} and their indices).
   *
   * @param path a file or a directory
   * @param data whether to read every byte, which finds what the storage cannot give back
   * @return what was found, if all is well
   * @throws TenonException at the first fault, naming the file and the reason in one line
   */
  public static Verification of(Path path, boolean data) {
    Checker checker = new Checker(data);
    if (Files.isDirectory(path)) {
      checker.directory(path);
    } else if (WeightFiles.isIndex(path)) {
      checker.index(path);
    } else {
      checker.file(path);
    }
    return new Verification(path, checker.names.size(), checker.tensors, checker.bytes, data);
  }

  /** Goes through the files, each once. */
  private static final class Checker {
    private final boolean data;
    private final Map<Path, Set<String>> names = new LinkedHashMap<>();
    private long tensors;
    private long bytes;

    Checker(boolean data) {
      this.data = data;
    }

    void directory(Path directory) {
      List<Path> files = list(directory);
      for (Path file : files) {
        if (WeightFiles.isIndex(file)) {
          index(file);
        } else {
          file(file);
        }
      }
      if (files.isEmpty()) {
        throw new TenonException("No weights in the directory: directory=" + directory);
      }
    }

    private static List<Path> list(Path directory) {
      try (Stream<Path> files = Files.list(directory)) {
        return files.filter(WeightFiles::looksLikeOne).sorted().toList();
      } catch (IOException e) {
        throw Errors.io(directory, e);
      }
    }

    void index(Path path) {
      WeightFiles.of(path);
      ShardIndex index = ShardIndex.read(path);
      index.shards().forEach(this::file);
      index
          .weightMap()
          .forEach(
              (name, shard) -> {
                if (!names.get(path.resolveSibling(shard)).contains(name)) {
                  throw Errors.bad(
                      path,
                      "The index puts a tensor into a shard that lacks it",
                      "tensor",
                      name,
                      "shard",
                      shard);
                }
              });
    }

    void file(Path file) {
      if (names.containsKey(file)) {
        return;
      }
      if (ShardReader.isTorch(file)) {
        Shard shard = TorchFile.read(file);
        bytes += shard.entries().stream().mapToLong(TensorEntry::bytes).sum();
        note(file, shard.entries().stream().map(TensorEntry::name).toList());
      } else {
        SafetensorsHeader header = SafetensorsHeader.read(file);
        bytes += header.dataBytes();
        note(file, header.names());
      }
      if (data) {
        readAll(file);
      }
    }

    private void note(Path file, List<String> inFile) {
      tensors += inFile.size();
      names.put(file, new HashSet<>(inFile));
    }

    private static void readAll(Path file) {
      try (InputStream in = Files.newInputStream(file)) {
        long size = Files.size(file);
        byte[] buffer = new byte[1 << 20];
        long total = 0;
        for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
          total += got;
        }
        if (total != size) {
          throw Errors.bad(
              file, "The file changed while it was read", "expected", size, "actual", total);
        }
      } catch (IOException e) {
        throw Errors.io(file, e);
      }
    }
  }
}
