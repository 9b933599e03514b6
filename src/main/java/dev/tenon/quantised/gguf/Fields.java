package dev.tenon.quantised.gguf;

import dev.tenon.checkpoint.gguf.GgufTensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A config's fields, taken from metadata one by one. */
final class Fields {
  private final Metadata metadata;
  private final Map<String, Object> fields = new LinkedHashMap<>();

  Fields(Metadata metadata) {
    this.metadata = metadata;
  }

  Metadata metadata() {
    return metadata;
  }

  Map<String, Object> all() {
    return fields;
  }

  /** Sets a field, if there is anything to set it to. */
  Fields set(String field, @Nullable Object value) {
    if (value != null) {
      fields.put(field, value);
    }
    return this;
  }

  /** Takes a number, if it is there. */
  Fields take(String key, String field) {
    Object value = metadata.value(key);
    return set(
        field, value instanceof Float || value instanceof Double ? exact(value) : integer(key));
  }

  /** Takes a whole number that must be there. */
  Fields need(String key, String field) {
    return set(field, metadata.required(key));
  }

  private @Nullable Object integer(String key) {
    Object value = metadata.value(key);
    return value instanceof Boolean ? value : metadata.integer(key);
  }

  /** A float as who wrote it will have meant it: the shortest number that it is nearest to. */
  static Object exact(Object number) {
    return number instanceof Float single ? Double.valueOf(single.toString()) : number;
  }

  /** What most decoders say: sizes, heads, rotary base, and whether there is a head of its own. */
  Fields decoder() {
    need("block_count", "num_hidden_layers");
    need("embedding_length", "hidden_size");
    take("feed_forward_length", "intermediate_size");
    need("attention.head_count", "num_attention_heads");
    take("attention.head_count_kv", "num_key_value_heads");
    take("attention.layer_norm_rms_epsilon", "rms_norm_eps");
    take("context_length", "max_position_embeddings");
    take("rope.freq_base", "rope_theta");
    set("vocab_size", vocabulary("token_embd.weight"));
    set("tie_word_embeddings", !metadata.has("output.weight"));
    return scaling();
  }

  /** The size of a head, where it need not be the quotient of two others. */
  Fields head() {
    return take("attention.key_length", "head_dim");
  }

  /** How many rows a tensor has. */
  @Nullable Long vocabulary(String tensor) {
    GgufTensor embedding = metadata.tensor(tensor);
    return embedding == null ? null : embedding.rows();
  }

  private Fields scaling() {
    Object type = metadata.value("rope.scaling.type");
    Object factor = metadata.value("rope.scaling.factor");
    if (!(type instanceof String name) || name.equals("none") || factor == null) {
      return this;
    }
    Map<String, Object> scaling = new LinkedHashMap<>();
    scaling.put("rope_type", name);
    scaling.put("factor", exact(factor));
    Long original = metadata.integer("rope.scaling.original_context_length");
    if (original != null) {
      scaling.put("original_max_position_embeddings", original);
    }
    return set("rope_scaling", scaling);
  }
}
