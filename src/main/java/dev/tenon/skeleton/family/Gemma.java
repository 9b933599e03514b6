package dev.tenon.skeleton.family;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;

/** Gemma (Google 2024): Llama with centred norms and a scaled, tied embedding. */
public final class Gemma implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 256000,
          "hidden_size", 3072,
          "intermediate_size", 24576,
          "num_hidden_layers", 28,
          "num_attention_heads", 16,
          "num_key_value_heads", 16,
          "head_dim", 256,
          "max_position_embeddings", 8192,
          "initializer_range", 0.02,
          "pad_token_id", 0,
          "attention_bias", false,
          "tie_word_embeddings", true);

  @Override
  public String modelType() {
    return "gemma";
  }

  @Override
  public List<Architecture> architectures() {
    return Heads.decoder("Gemma", null, c -> c.withDefaults(DEFAULTS), Gemma::model);
  }

  static Block model(Config c) {
    int hidden = c.integer("hidden_size");
    Block attention = Llama.attention(c, c.flag("attention_bias"));
    Block layer = Llama.layer(c, attention, Llama.gatedMlp(c)).then(centered(hidden));
    return Llama.decoder(c, i -> layer, Llama.rotary(c, 10000))
        .then(
            m ->
                m.add("embed_tokens", Gemma2.scaledEmbedding(c))
                    .add("norm", Gemma2.centeredNorm(hidden)));
  }

  private static Block centered(int hidden) {
    return m ->
        m.add("input_layernorm", Gemma2.centeredNorm(hidden))
            .add("post_attention_layernorm", Gemma2.centeredNorm(hidden));
  }
}
