package dev.tenon.checkpoint;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.directory.CheckpointFiles;
import dev.tenon.checkpoint.directory.WeightFiles;
import dev.tenon.checkpoint.gguf.GgufFiles;
import dev.tenon.checkpoint.gguf.GgufHeader;
import dev.tenon.checkpoint.gguf.GgufTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files of a checkpoint, their headers read: which tensors there are and where their bytes lie.
 * Immutable, holds no open file and no tensor bytes.
 */
public final class Checkpoint {
  private final Path directory;
  private final List<Shard> shards;
  private final Map<String, String> indexMetadata;
  private final Map<String, TensorEntry> byName;
  private final List<TensorEntry> entries;
  private final List<TensorEntry> shadowed;
  private final List<String> warnings;
  private final List<GgufHeader> gguf;

  private Checkpoint(WeightFiles files, List<Shard> shards) {
    this(
        files.directory(),
        shards,
        Collections.unmodifiableMap(files.indexMetadata()),
        files.warnings(),
        List.of());
  }

  private Checkpoint(
      Path directory,
      List<Shard> shards,
      Map<String, String> indexMetadata,
      List<String> warnings,
      List<GgufHeader> gguf) {
    this.directory = directory;
    this.shards = List.copyOf(shards);
    this.indexMetadata = indexMetadata;
    this.warnings = List.copyOf(warnings);
    this.gguf = List.copyOf(gguf);
    List<TensorEntry> all = new ArrayList<>();
    for (Shard shard : shards) {
      all.addAll(shard.entries());
    }
    // Stable, so that of one name's entries the last shard's comes last.
    all.sort((a, b) -> NaturalOrder.INSTANCE.compare(a.name(), b.name()));
    this.byName = new HashMap<>(all.size() * 4 / 3 + 1);
    List<TensorEntry> lost = new ArrayList<>();
    for (TensorEntry entry : all) {
      TensorEntry earlier = byName.put(entry.name(), entry);
      if (earlier != null) {
        lost.add(earlier);
      }
    }
    if (!lost.isEmpty()) {
      all.removeIf(entry -> byName.get(entry.name()) != entry);
    }
    this.entries = List.copyOf(all);
    this.shadowed = List.copyOf(lost);
  }

  /**
   * Opens a checkpoint: finds its files and reads their headers.
   *
   * <p>In a directory what its {@code config.json} names in {@code transformers_weights} counts
   * first, then {@code model.safetensors}, {@code model.safetensors.index.json}, {@code
   * pytorch_model.bin} and {@code pytorch_model.bin.index.json}, in this order, and the same of
   * {@code diffusion_pytorch_model}. If there is nothing of the kind but one file, one complete set
   * of shards or one folder with a model, that is taken, with a warning. A directory with nothing
   * of a usual name and one GGUF model is that model. A file is opened as itself; an index stands
   * for the shards it lists. Headers of several shards are read in parallel on the common pool.
   *
   * @param path a directory, or a weight file, or an index of shards
   * @param variant put before the extension of the names looked for, such as {@code fp16} for
   *     {@code model.fp16.safetensors}; null for none; says nothing if {@code path} is a file
   * @return the checkpoint's headers
   * @throws TenonException if there are no weights, a shard is missing, or a file is not valid
   */
  public static Checkpoint open(Path path, @Nullable String variant) {
    Path model = gguf(path, variant);
    if (model != null) {
      return ofGguf(model);
    }
    WeightFiles files =
        Files.isDirectory(path) ? WeightFiles.in(path, variant) : WeightFiles.of(path);
    return new Checkpoint(files, ShardReader.readAll(files.files()));
  }

  private static @Nullable Path gguf(Path path, @Nullable String variant) {
    if (!Files.isDirectory(path)) {
      return GgufFiles.isOne(path) ? path : null;
    }
    boolean usual = variant != null || WeightFiles.usual(path);
    return usual ? null : GgufFiles.in(path);
  }

  private static Checkpoint ofGguf(Path file) {
    List<GgufHeader> headers = GgufFiles.read(file);
    List<Shard> shards = new ArrayList<>(headers.size());
    for (GgufHeader header : headers) {
      shards.add(header.toShard());
    }
    return new Checkpoint(file.toAbsolutePath().getParent(), shards, Map.of(), List.of(), headers);
  }

  /**
   * {@return the headers of a GGUF model, that with the metadata first; empty if it is none. Its
   * tensors have the names and the types of such files until they are unpacked}
   */
  public List<GgufHeader> gguf() {
    return gguf;
  }

  /**
   * Looks a tensor of a GGUF model up, in the type and the shape its file says.
   *
   * @param name what the file calls it
   * @return the tensor, or null if the model is none or has none of this name
   */
  public @Nullable GgufTensor ggufTensor(String name) {
    for (GgufHeader header : gguf) {
      GgufTensor tensor = header.find(name);
      if (tensor != null) {
        return tensor;
      }
    }
    return null;
  }

  /** {@return the directory the files and what describes them were found in} */
  public Path directory() {
    return directory;
  }

  /** {@return the weight files, sorted by name} */
  public List<Shard> shards() {
    return shards;
  }

  /** {@return the tensors of all shards, each name once, in {@link NaturalOrder}} */
  public List<TensorEntry> entries() {
    return entries;
  }

  /**
   * Looks a tensor up.
   *
   * @param name the name in the checkpoint
   * @return where it is, or null if the checkpoint has none of this name
   */
  public @Nullable TensorEntry find(String name) {
    return byName.get(name);
  }

  /**
   * {@return tensors that are not in {@link #entries()} because a later shard has one of the same
   * name: of such, the last counts, whatever an index says}
   */
  public List<TensorEntry> shadowed() {
    return shadowed;
  }

  /** {@return why these files were taken, where others may have been meant; one line each} */
  public List<String> warnings() {
    return warnings;
  }

  /** {@return the scalars of an index's {@code metadata} as text; empty without an index} */
  public Map<String, String> indexMetadata() {
    return indexMetadata;
  }

  /**
   * {@return the directory's {@code config.json}, or null if it has none, or the model is a GGUF,
   * which says itself what it is}
   */
  public @Nullable Path config() {
    if (!gguf.isEmpty()) {
      return null;
    }
    Path config = directory.resolve("config.json");
    return CheckpointFiles.isThere(config) ? config : null;
  }

  /**
   * {@return the bytes the tensors of {@link #entries()} take; those that share bytes count for
   * each name}
   */
  public long bytes() {
    long total = 0;
    for (TensorEntry entry : entries) {
      total += entry.bytes();
    }
    return total;
  }

  /** {@return the directory and how much is in it} */
  @Override
  public String toString() {
    return "Checkpoint[directory="
        + directory
        + ", shards="
        + shards.size()
        + ", tensors="
        + entries.size()
        + "]";
  }
}
