package dev.tenon.adapter;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.TensorEntry;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tensors an adapter has for one module, or one of its parameters. */
final class Target {
  private final String module;
  private final int depth;
  private final Map<AdapterKey.Part, TensorEntry> parts = new EnumMap<>(AdapterKey.Part.class);

  Target(AdapterKey key) {
    this.module = key.module();
    this.depth = key.depth();
  }

  String module() {
    return module;
  }

  /** How many wrappers of the module's other parameters lie around this one's. */
  int depth() {
    return depth;
  }

  void add(AdapterKey.Part part, TensorEntry entry) {
    if (!entry.dtype().isFloatingPoint()) {
      throw new TenonException(
          "A factor is not of floating point: file=%s, key=%s, dtype=%s"
              .formatted(entry.file(), entry.name(), entry.dtype().torchName()));
    }
    TensorEntry other = parts.put(part, entry);
    if (other != null) {
      throw new TenonException(
          "Two keys stand for one part of an adapter: file=%s, key=%s, other=%s"
              .formatted(entry.file(), entry.name(), other.name()));
    }
  }

  boolean isEmbedding() {
    return parts.containsKey(AdapterKey.Part.EMBEDDING_A)
        || parts.containsKey(AdapterKey.Part.EMBEDDING_B);
  }

  /** The factor that makes inputs small. */
  TensorEntry down() {
    return require(isEmbedding() ? AdapterKey.Part.EMBEDDING_A : AdapterKey.Part.A);
  }

  /** The factor that makes outputs of them. */
  TensorEntry up() {
    return require(isEmbedding() ? AdapterKey.Part.EMBEDDING_B : AdapterKey.Part.B);
  }

  @Nullable TensorEntry bias() {
    return parts.get(AdapterKey.Part.BIAS);
  }

  @Nullable TensorEntry magnitude() {
    return parts.get(AdapterKey.Part.MAGNITUDE);
  }

  /** Any of the tensors, to say where something is wrong. */
  TensorEntry any() {
    return parts.values().iterator().next();
  }

  private TensorEntry require(AdapterKey.Part part) {
    TensorEntry entry = parts.get(part);
    if (entry == null) {
      throw new TenonException(
          "An adapter has one factor of a pair without the other: file=%s, key=%s, lacks=%s"
              .formatted(any().file(), any().name(), part));
    }
    return entry;
  }

  /** The error of tensors that do not fit the module or each other. */
  TenonException misfit(String reason) {
    return new TenonException(
        "An adapter does not fit its base: file=%s, key=%s, shape=%s, %s"
            .formatted(any().file(), any().name(), any().shape(), reason));
  }
}
