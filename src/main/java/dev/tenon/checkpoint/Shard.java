package dev.tenon.checkpoint;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One file of a checkpoint and what its header says.
 *
 * @param file where it is
 * @param stamp the file's state when its header was read
 * @param entries its tensors: by name for safetensors, in the stored order for {@code .bin}, as the
 *     reference lists them
 * @param metadata the safetensors {@code __metadata__}; for {@code .bin}, the top-level values that
 *     are no tensors, as text
 */
public record Shard(
    Path file, FileStamp stamp, List<TensorEntry> entries, Map<String, String> metadata) {

  /** Copies the collections, keeping their order. */
  public Shard {
    entries = List.copyOf(entries);
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /** {@return the file's size in bytes} */
  public long size() {
    return stamp.size();
  }
}
