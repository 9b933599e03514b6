package dev.tenon.integrity;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Shard;
import dev.tenon.checkpoint.TensorEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What tells a checkpoint's bytes from any others.
 *
 * @param files its weight files, sorted by name
 */
public record CheckpointDigest(List<OfFile> files) {

  /**
   * What tells one file's bytes from any others.
   *
   * @param name without its directory
   * @param bytes its size
   * @param sha256 of the whole file, 64 hexadecimal digits in lower case
   * @param tensors CRC-32 of each tensor's elements in row-major order, in the header's order, in
   *     the file's dtype
   */
  public record OfFile(String name, long bytes, String sha256, Map<String, Integer> tensors) {
    /** Copies the map, keeping its order. */
    public OfFile {
      tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }
  }

  /** Copies the list. */
  public CheckpointDigest {
    files = List.copyOf(files);
  }

  /**
   * Computes it: each file is read once, in parallel with the others and with the computation.
   *
   * @param shards the files
   * @param progress told how far it is
   * @return their digest
   * @throws TenonException if a file cannot be read, or changed since its header was
   */
  public static CheckpointDigest of(List<Shard> shards, ReadProgress progress) {
    Map<Shard, Digesting> works = new LinkedHashMap<>();
    shards.forEach(shard -> works.put(shard, new Digesting(shard)));
    Reading.run(shards, works::get, progress);
    List<OfFile> files = new ArrayList<>();
    works.values().forEach(work -> files.add(work.digest()));
    return new CheckpointDigest(files);
  }

  /** {@return how many tensors all files hold} */
  public long tensors() {
    return files.stream().mapToLong(file -> file.tensors().size()).sum();
  }

  /** {@return the size of all files in bytes} */
  public long bytes() {
    return files.stream().mapToLong(OfFile::bytes).sum();
  }

  private static final class Digesting implements Reading.Work {
    private final Shard shard;
    private final Sha256 sha256 = new Sha256();
    private final Map<String, Crc32> crcs = new LinkedHashMap<>();
    private final TensorWork tensors;

    Digesting(Shard shard) {
      this.shard = shard;
      for (TensorEntry entry : shard.entries()) {
        crcs.put(entry.name(), new Crc32());
      }
      tensors = new TensorWork(shard, entry -> crcs.get(entry.name()));
    }

    @Override
    public List<FilePass.Sink> sinks() {
      return List.of(sha256, tensors.sink());
    }

    @Override
    public void finish() throws IOException {
      tensors.finish();
    }

    OfFile digest() {
      Map<String, Integer> values = new LinkedHashMap<>();
      crcs.forEach((name, crc) -> values.put(name, crc.value()));
      String name = shard.file().getFileName().toString();
      return new OfFile(name, shard.size(), sha256.hex(), values);
    }
  }
}
