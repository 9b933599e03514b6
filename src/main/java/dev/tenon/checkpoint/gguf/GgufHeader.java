package dev.tenon.checkpoint.gguf;

import dev.tenon.checkpoint.FileStamp;
import dev.tenon.checkpoint.Shard;
import dev.tenon.checkpoint.TensorEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What stands before the tensors of a GGUF file.
 *
 * @param file where it is
 * @param stamp the file's state when it was read
 * @param metadata keys and values, in their order: a {@code Long}, {@code Double}, {@code Float},
 *     {@code Boolean}, {@code String} or {@link GgufArray} each
 * @param tensors by name, in their order
 */
public record GgufHeader(
    Path file, FileStamp stamp, Map<String, Object> metadata, Map<String, GgufTensor> tensors) {

  /** Copies the collections, keeping their order. */
  public GgufHeader {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /**
   * Reads the header of one file.
   *
   * @param file its path
   * @return the header
   * @throws dev.tenon.TenonException if it is no GGUF file of version 2 or 3, or not a valid one
   */
  public static GgufHeader read(Path file) {
    return GgufReader.read(file);
  }

  /** {@return a tensor, or null if there is none of this name} */
  public @Nullable GgufTensor find(String name) {
    return tensors.get(name);
  }

  /** {@return a whole number of the metadata, or null if there is none of this key} */
  public @Nullable Long integer(String key) {
    return metadata.get(key) instanceof Long number ? number : null;
  }

  /** {@return a text of the metadata, or null if there is none of this key} */
  public @Nullable String text(String key) {
    return metadata.get(key) instanceof String text ? text : null;
  }

  /** {@return the file as a shard of tensors as they are stored, and the metadata as text} */
  public Shard toShard() {
    List<TensorEntry> entries = new ArrayList<>(tensors.size());
    for (GgufTensor tensor : tensors.values()) {
      entries.add(tensor.entry());
    }
    Map<String, String> texts = new LinkedHashMap<>();
    metadata.forEach((key, value) -> texts.put(key, value.toString()));
    return new Shard(file, stamp, entries, texts);
  }
}
