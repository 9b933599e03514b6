package dev.tenon.checkpoint.write;

import dev.tenon.checkpoint.directory.Switch;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a directory is to hold.
 *
 * @param tensors in the order they are divided among shards
 * @param parameters how many elements the model's parameters have, for the index
 * @param files the bytes of the small files that belong to the weights, by name: {@code
 *     config.json}, {@code generation_config.json}, {@code skeleton.json}, {@code
 *     hf_quant_config.json}; null for one that must not be there
 * @param metadata what the header of each weight file says beside its tensors
 */
public record NewCheckpoint(
    List<NewTensor> tensors,
    long parameters,
    Map<String, byte @Nullable []> files,
    Map<String, String> metadata) {

  /** What the reference says of tensors of its own. */
  public static final Map<String, String> METADATA = Map.of("format", "pt");

  /** Copies the collections, keeping their order. */
  public NewCheckpoint {
    tensors = List.copyOf(tensors);
    files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    if (!Switch.NAMES.containsAll(files.keySet())) {
      throw new IllegalArgumentException("Not a checkpoint's file: names=" + files.keySet());
    }
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /** A checkpoint whose files say what the reference's do. */
  public NewCheckpoint(
      List<NewTensor> tensors, long parameters, Map<String, byte @Nullable []> files) {
    this(tensors, parameters, files, METADATA);
  }

  /** {@return the bytes of all tensors} */
  public long bytes() {
    return tensors.stream().mapToLong(NewTensor::bytes).sum();
  }
}
