package dev.tenon.checkpoint;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.directory.Inventory;
import dev.tenon.checkpoint.directory.ShardIndex;
import dev.tenon.checkpoint.directory.WeightFiles;
import dev.tenon.checkpoint.format.Errors;
import dev.tenon.checkpoint.gguf.GgufFiles;
import dev.tenon.checkpoint.gguf.GgufHeader;
import dev.tenon.checkpoint.torch.TorchFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a check of weight files found: they keep their format's rules, and every index beside them
 * tells the truth.
 *
 * @param path what was checked: a file or a directory
 * @param files how many weight files
 * @param tensors how many tensors in them
 * @param bytes the bytes of their tensors; those that share bytes count for each name
 * @param dataRead whether every byte of the files was read, not the headers alone
 * @param hashed how many files, beside weights too, have the hash the hub's cache names them by; 0
 *     unless read
 * @param nonFinite the tensors that hold NaN or infinity, which no rule forbids; null if nobody
 *     looked
 */
public record Verification(
    Path path,
    int files,
    long tensors,
    long bytes,
    boolean dataRead,
    int hashed,
    @Nullable List<NonFinite> nonFinite) {

  /**
   * Checks a weight file, an index and the shards it lists, or everything of that kind in a
   * directory ({@code *.safetensors}, {@code pytorch_model*.bin}, their indices, and {@code
   * *.gguf}).
   *
   * @param path a file or a directory
   * @return what was found, if all is well
   * @throws TenonException at the first fault, naming the file and the reason in one line
   */
  public static Verification of(Path path) {
    return of(path, shard -> {});
  }

  /**
   * As above, and hands each file on whose headers keep the rules.
   *
   * @param path a file or a directory
   * @param files takes each file, with those of its tensors that have elements
   * @return what was found, if all is well
   * @throws TenonException as above
   */
  public static Verification of(Path path, Consumer<Shard> files) {
    Checker checker = new Checker(files);
    if (Files.isDirectory(path)) {
      checker.directory(path);
    } else if (WeightFiles.isIndex(path)) {
      checker.index(path);
    } else {
      checker.file(path);
    }
    return new Verification(
        path, checker.names.size(), checker.tensors, checker.bytes, false, 0, null);
  }

  /**
   * {@return this, once every byte was read, what was found in them if anybody looked, and how many
   * files have the hash they are named by}
   */
  public Verification read(@Nullable List<NonFinite> found, int hashed) {
    return new Verification(path, files, tensors, bytes, true, hashed, found);
  }

  /** Goes through the files, each once. */
  private static final class Checker {
    private final Consumer<Shard> files;
    private final Map<Path, Set<String>> names = new LinkedHashMap<>();
    private long tensors;
    private long bytes;

    Checker(Consumer<Shard> files) {
      this.files = files;
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
        throw Inventory.of(directory)
            .none("looked for", "*.safetensors | pytorch_model*.bin | *.gguf", null);
      }
    }

    private static List<Path> list(Path directory) {
      try (Stream<Path> files = Files.list(directory)) {
        return files
            .filter(file -> WeightFiles.looksLikeOne(file) || GgufFiles.isOne(file))
            .sorted()
            .toList();
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
      if (GgufFiles.isOne(file)) {
        Shard shard = GgufHeader.read(file).toShard();
        bytes += shard.entries().stream().mapToLong(TensorEntry::bytes).sum();
        note(file, shard.entries().stream().map(TensorEntry::name).toList());
        files.accept(shard);
      } else if (ShardReader.isTorch(file)) {
        Shard shard = TorchFile.read(file);
        bytes += shard.entries().stream().mapToLong(TensorEntry::bytes).sum();
        note(file, shard.entries().stream().map(TensorEntry::name).toList());
        files.accept(shard);
      } else {
        SafetensorsHeader header = SafetensorsHeader.read(file);
        bytes += header.dataBytes();
        note(file, header.names());
        files.accept(header.nonEmpty());
      }
    }

    private void note(Path file, List<String> inFile) {
      tensors += inFile.size();
      names.put(file, new HashSet<>(inFile));
    }
  }
}
