package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.rmsNorm;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;

/** Qwen 3 (Alibaba 2025): Llama with a norm on the queries and keys of every head. */
public final class Qwen3 implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 151936,
          "hidden_size", 4096,
          "intermediate_size", 22016,
          "num_hidden_layers", 32,
          "num_attention_heads", 32,
          "num_key_value_heads", 32,
          "head_dim", 128,
          "max_position_embeddings", 32768,
          "attention_bias", false,
          "initializer_range", 0.02,
          "tie_word_embeddings", false);

  @Override
  public String modelType() {
    return "qwen3";
  }

  @Override
  public List<Architecture> architectures() {
    return Heads.decoder("Qwen3", "transformer", c -> c.withDefaults(DEFAULTS), Qwen3::model);
  }

  static Block model(Config c) {
    Block layer = Llama.layer(c, attention(c), Llama.gatedMlp(c));
    return Llama.decoder(c, i -> layer, Llama.rotary(c, 10000));
  }

  static Block attention(Config c) {
    int head = Llama.headDim(c);
    return Llama.attention(c, c.flag("attention_bias"))
        .then(m -> m.add("q_norm", rmsNorm(head)).add("k_norm", rmsNorm(head)));
  }
}
