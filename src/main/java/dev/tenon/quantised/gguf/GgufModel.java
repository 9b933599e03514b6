package dev.tenon.quantised.gguf;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.gguf.GgmlType;
import dev.tenon.checkpoint.gguf.GgufHeader;
import dev.tenon.checkpoint.gguf.GgufTensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A GGUF model as the model it was made from. Immutable. */
public final class GgufModel {
  private final Metadata metadata;
  private final @Nullable GgufArchitecture architecture;

  private GgufModel(List<GgufHeader> headers) {
    this.metadata = new Metadata(headers);
    this.architecture = Architectures.of(metadata);
  }

  /** The model a checkpoint is, or null if its files are no GGUF. */
  public static @Nullable GgufModel of(Checkpoint checkpoint) {
    return checkpoint.gguf().isEmpty() ? null : new GgufModel(checkpoint.gguf());
  }

  /**
   * The config its metadata make, as JSON text; empty but for the dtype if nobody knows the
   * architecture.
   *
   * @throws TenonException if the metadata lack what a config cannot do without
   */
  public String config() {
    Fields fields = new Fields(metadata);
    if (architecture != null) {
      fields.set("architectures", List.of(architecture.className()));
      fields.set("model_type", architecture.modelType());
      architecture.fields().accept(fields);
      fields.set("bos_token_id", metadata.any("tokenizer.ggml.bos_token_id"));
      fields.set("eos_token_id", metadata.any("tokenizer.ggml.eos_token_id"));
      // Null where there is none: a class's own default may lie outside this vocabulary.
      fields.all().put("pad_token_id", metadata.any("tokenizer.ggml.padding_token_id"));
    }
    fields.set("dtype", dtype());
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(fields.all());
    } catch (IOException e) {
      throw new IllegalStateException(e); // Texts and numbers are JSON.
    }
  }

  /**
   * The dtype of its matrices if all are of one plain type; where some are in blocks, that in which
   * their values are exact.
   */
  private String dtype() {
    GgmlType all = null;
    for (GgufTensor tensor : metadata.tensors()) {
      if (tensor.shape().rank() > 1) {
        if (all != null && all != tensor.type()) {
          return "float32";
        }
        all = tensor.type();
      }
    }
    return all == GgmlType.F16 ? "float16" : all == GgmlType.BF16 ? "bfloat16" : "float32";
  }

  /** What its tensors are called in the model, and what was done to them. */
  Names.@Nullable Name name(String tensor) {
    return architecture == null ? null : architecture.names().find(tensor);
  }

  /** Whether its architecture is known, so that all its matrices have names. */
  boolean isKnown() {
    return architecture != null;
  }

  Metadata metadata() {
    return metadata;
  }

  /** Sentences on what it says that a load leaves out. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    Map<String, String> left = new LinkedHashMap<>();
    left.put("rope_freqs.weight", "rope_scaling");
    left.put("rope_factors_long.weight", "rope_scaling");
    left.put("rope_factors_short.weight", "rope_scaling");
    left.forEach(
        (tensor, field) -> {
          if (architecture != null && metadata.has(tensor)) {
            warnings.add(
                "Left out, for a config says it in other words: file=%s, tensor=%s. What is computed for long texts wants %s in the config of the model it was made from."
                    .formatted(metadata.file(), tensor, field));
          }
        });
    return warnings;
  }

  /** Whether a load leaves a tensor out and says so. */
  boolean isLeftOut(String tensor) {
    return architecture != null && tensor.startsWith("rope_f") && tensor.endsWith(".weight");
  }
}
