package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.rmsNorm;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.init.Value;
import dev.tenon.tensor.DType;
import java.util.List;

/** Gemma 2 (Google 2024): Llama's layers with norms on both sides and a scaled, tied embedding. */
public final class Gemma2 implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 256000,
          "hidden_size", 2304,
          "intermediate_size", 9216,
          "num_hidden_layers", 26,
          "num_attention_heads", 8,
          "num_key_value_heads", 4,
          "head_dim", 256,
          "max_position_embeddings", 8192,
          "initializer_range", 0.02,
          "pad_token_id", 0,
          "attention_bias", false,
          "tie_word_embeddings", true);

  @Override
  public String modelType() {
    return "gemma2";
  }

  @Override
  public List<Architecture> architectures() {
    return Heads.decoder("Gemma2", null, c -> c.withDefaults(DEFAULTS), Gemma2::model);
  }

  static Block model(Config c) {
    Block attention = Llama.attention(c, c.flag("attention_bias"));
    return model(c, attention, Llama.rotary(c, 10000));
  }

  /** The base model of the Gemmas from the second on, which differ in their attention. */
  static Block model(Config c, Block attention, Block rotary) {
    return m ->
        m.model(c)
            .add("embed_tokens", scaledEmbedding(c))
            .repeat("layers", c.integer("num_hidden_layers"), i -> layer(c, attention))
            .add("norm", centeredNorm(c.integer("hidden_size")))
            .add("rotary_emb", rotary);
  }

  private static Block layer(Config c, Block attention) {
    int hidden = c.integer("hidden_size");
    return m ->
        m.add("self_attn", attention)
            .add("mlp", Llama.gatedMlp(c))
            .add("input_layernorm", centeredNorm(hidden))
            .add("post_attention_layernorm", centeredNorm(hidden))
            .add("pre_feedforward_layernorm", centeredNorm(hidden))
            .add("post_feedforward_layernorm", centeredNorm(hidden));
  }

  /** An RMS norm that multiplies by {@code 1 + weight}, so that its weight starts at zero. */
  static Block centeredNorm(int dim) {
    return rmsNorm(dim).then(m -> m.init(init -> init.zeros("weight")));
  }

  /** An embedding whose vectors are multiplied by √hidden, rounded to the model's dtype. */
  static Block scaledEmbedding(Config c) {
    int hidden = c.integer("hidden_size");
    return embedding(c.integer("vocab_size"), hidden, Llama.padding(c))
        .then(m -> m.buffer("embed_scale", false, DType.F32, Value.scalar(Math.sqrt(hidden))));
  }
}
