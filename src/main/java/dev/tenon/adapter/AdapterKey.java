package dev.tenon.adapter;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.TensorEntry;
import java.util.Map;

/**
 * What a key of an adapter's file says.
 *
 * @param module the module it changes, or of {@link Part#WHOLE} the parameter it replaces
 * @param part which part of the change it is
 * @param depth how many wrappers of parameters of that module lie around it
 */
record AdapterKey(String module, Part part, int depth) {
  private static final String PREFIX = "base_model.model.";
  private static final String BASE = ".base_layer";

  /** What of a module's change a tensor is. */
  enum Part {
    A,
    B,
    BIAS,
    EMBEDDING_A,
    EMBEDDING_B,
    MAGNITUDE,
    /** No factor: a parameter trained whole. */
    WHOLE
  }

  private static final Map<String, Part> ENDINGS =
      Map.of(
          "lora_A.weight", Part.A,
          "lora_B.weight", Part.B,
          "lora_B.bias", Part.BIAS,
          "lora_embedding_A", Part.EMBEDDING_A,
          "lora_embedding_B", Part.EMBEDDING_B,
          "lora_magnitude_vector", Part.MAGNITUDE,
          "lora_magnitude_vector.weight", Part.MAGNITUDE);

  /**
   * Reads a key.
   *
   * @throws TenonException if it is none of a LoRA adapter
   */
  static AdapterKey of(TensorEntry entry) {
    String key = entry.name();
    if (!key.startsWith(PREFIX)) {
      throw refused(entry, "begins with=" + PREFIX);
    }
    String inner = key.substring(PREFIX.length());
    int lora = inner.indexOf(".lora_");
    if (lora < 0) {
      if (inner.contains(".trainable_tokens_") || inner.contains(".token_adapter.")) {
        throw refused(entry, "merged=no trainable_token_indices");
      }
      return new AdapterKey(inner.replace(BASE + ".", "."), Part.WHOLE, 0);
    }
    Part part = ENDINGS.get(inner.substring(lora + 1));
    if (part == null) {
      throw refused(entry, "parts=lora_A, lora_B, lora_embedding_A, lora_embedding_B, magnitudes");
    }
    String module = inner.substring(0, lora);
    int depth = 0;
    while (module.endsWith(BASE)) {
      module = module.substring(0, module.length() - BASE.length());
      depth++;
    }
    return new AdapterKey(module.replace(BASE + ".", "."), part, depth);
  }

  private static TenonException refused(TensorEntry entry, String expected) {
    return new TenonException(
        "A key is none of a LoRA adapter that is merged: file=%s, key=%s, %s"
            .formatted(entry.file(), entry.name(), expected));
  }
}
