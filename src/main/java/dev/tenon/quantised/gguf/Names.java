package dev.tenon.quantised.gguf;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the tensors of an architecture are called in GGUF and in a model, up to their last word:
 * {@code #} stands for the number of a layer, {@code @} for that of an expert. Where the last words
 * differ, names are whole.
 */
final class Names {
  private static final String LAYER = "blk.";

  private final Map<String, Name> names = new HashMap<>();

  /** What a tensor is called in the model, and what was done to it. */
  record Name(String model, Change change) {}

  private Names() {}

  /** The parts most decoders have. */
  static Names decoder() {
    return new Names()
        .is("token_embd", "model.embed_tokens")
        .is("output_norm", "model.norm")
        .is("output", "lm_head")
        .is("blk.#.attn_norm", "model.layers.#.input_layernorm")
        .is("blk.#.attn_q", "model.layers.#.self_attn.q_proj")
        .is("blk.#.attn_k", "model.layers.#.self_attn.k_proj")
        .is("blk.#.attn_v", "model.layers.#.self_attn.v_proj")
        .is("blk.#.attn_output", "model.layers.#.self_attn.o_proj")
        .is("blk.#.attn_q_norm", "model.layers.#.self_attn.q_norm")
        .is("blk.#.attn_k_norm", "model.layers.#.self_attn.k_norm")
        .is("blk.#.ffn_norm", "model.layers.#.post_attention_layernorm")
        .is("blk.#.ffn_gate", "model.layers.#.mlp.gate_proj")
        .is("blk.#.ffn_up", "model.layers.#.mlp.up_proj")
        .is("blk.#.ffn_down", "model.layers.#.mlp.down_proj");
  }

  /** None yet. */
  static Names none() {
    return new Names();
  }

  /** Adds a tensor, or says it anew. */
  Names is(String gguf, String model) {
    return is(gguf, model, Change.NONE);
  }

  /** Adds a tensor that was changed, or says it anew. */
  Names is(String gguf, String model, Change change) {
    names.put(gguf, new Name(model, change));
    return this;
  }

  /** Experts in a module: stacked, and as they were before they were stacked. */
  Names experts(String module, String gate, String up, String down) {
    return expert("gate", module, gate).expert("up", module, up).expert("down", module, down);
  }

  private Names expert(String which, String module, String name) {
    String model = "model.layers.#." + module + ".experts.@." + name;
    return is("blk.#.ffn_" + which + "_exps", model, Change.STACKED)
        .is("blk.#.ffn_" + which + ".@", model);
  }

  /** The same, of which every tensor of these was changed. */
  Names changed(Change change, String... tensors) {
    for (String tensor : tensors) {
      is(tensor, names.get(tensor).model(), change);
    }
    return this;
  }

  /** The same, of which all that are called norms were changed. */
  Names normsChanged(Change change) {
    names.replaceAll((gguf, name) -> gguf.endsWith("norm") ? new Name(name.model(), change) : name);
    return this;
  }

  /** What a tensor is called in the model, all of its name, or null if that is not known. */
  @Nullable Name find(String tensor) {
    int dot = tensor.lastIndexOf('.');
    if (dot < 0) {
      return null;
    }
    String stem = tensor.substring(0, dot);
    String last = tensor.substring(dot);
    String layer = null;
    String expert = null;
    if (stem.startsWith(LAYER)) {
      int end = stem.indexOf('.', LAYER.length());
      layer = end < 0 ? "" : stem.substring(LAYER.length(), end);
      stem = "blk.#" + (end < 0 ? "" : stem.substring(end));
      int number = stem.lastIndexOf('.') + 1;
      if (isNumber(stem.substring(number))) {
        expert = stem.substring(number);
        stem = stem.substring(0, number) + "@";
      }
      if (!isNumber(layer)) {
        return null;
      }
    }
    Name name = names.get(stem + last);
    if (name == null) {
      name = names.get(stem);
    } else {
      last = ""; // The model's name has another end.
    }
    if (name == null) {
      return null;
    }
    String model = layer == null ? name.model() : name.model().replace("#", layer);
    model = expert == null ? model : model.replace("@", expert);
    return new Name(model + last, name.change());
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() < 10
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
