package dev.tenon.skeleton.family;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;

/** Qwen 2 (Alibaba 2024): Llama with biases on queries, keys and values. */
public final class Qwen2 implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 151936,
          "hidden_size", 4096,
          "intermediate_size", 22016,
          "num_hidden_layers", 32,
          "num_attention_heads", 32,
          "num_key_value_heads", 32,
          "max_position_embeddings", 32768,
          "initializer_range", 0.02,
          "tie_word_embeddings", false);

  @Override
  public String modelType() {
    return "qwen2";
  }

  @Override
  public List<Architecture> architectures() {
    return Heads.decoder("Qwen2", "transformer", c -> c.withDefaults(DEFAULTS), Qwen2::model);
  }

  static Block model(Config c) {
    Block layer = Llama.layer(c, Llama.attention(c, true, false), Llama.gatedMlp(c));
    return Llama.decoder(c, i -> layer, Llama.rotary(c, 10000));
  }
}
