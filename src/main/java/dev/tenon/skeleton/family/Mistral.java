package dev.tenon.skeleton.family;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;

/** Mistral (Jiang et al. 2023): Llama without any bias, and a window that slides. */
public final class Mistral implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 32000,
          "hidden_size", 4096,
          "intermediate_size", 14336,
          "num_hidden_layers", 32,
          "num_attention_heads", 32,
          "num_key_value_heads", 8,
          "max_position_embeddings", 131072,
          "initializer_range", 0.02,
          "tie_word_embeddings", false);

  @Override
  public String modelType() {
    return "mistral";
  }

  @Override
  public List<Architecture> architectures() {
    return Heads.decoder("Mistral", "model", c -> c.withDefaults(DEFAULTS), Mistral::model);
  }

  static Block model(Config c) {
    Block layer = Llama.layer(c, Llama.attention(c, false), Llama.gatedMlp(c));
    return Llama.decoder(c, i -> layer, Llama.rotary(c, 10000));
  }
}
