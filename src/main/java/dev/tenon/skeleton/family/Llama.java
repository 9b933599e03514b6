package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Blocks.rmsNorm;
import static dev.tenon.skeleton.build.Sizes.product;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.build.Rope;
import dev.tenon.skeleton.build.RopeParameters;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Llama (Touvron et al. 2023): a decoder with grouped-query attention and a gated MLP. */
public final class Llama implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 32000,
          "hidden_size", 4096,
          "intermediate_size", 11008,
          "num_hidden_layers", 32,
          "num_attention_heads", 32,
          "max_position_embeddings", 2048,
          "initializer_range", 0.02,
          "attention_bias", false,
          "mlp_bias", false,
          "tie_word_embeddings", false);

  @Override
  public String modelType() {
    return "llama";
  }

  @Override
  public List<Architecture> architectures() {
    return Heads.decoder("Llama", "transformer", c -> c.withDefaults(DEFAULTS), Llama::model);
  }

  static Block model(Config c) {
    return decoder(c, i -> layer(c), rotary(c, 10000));
  }

  private static Block layer(Config c) {
    return layer(
        c,
        attention(c, c.flag("attention_bias")),
        gatedMlp(c.integer("hidden_size"), c.integer("intermediate_size"), c.flag("mlp_bias")));
  }

  /** Embedding, layers, a last norm and the rotary frequencies all layers share. */
  static Block decoder(Config c, IntFunction<Block> layers, Block rotary) {
    int hidden = c.integer("hidden_size");
    return m ->
        m.model(c)
            .add("embed_tokens", embedding(c.integer("vocab_size"), hidden, padding(c)))
            .repeat("layers", c.integer("num_hidden_layers"), layers)
            .add("norm", rmsNorm(hidden))
            .add("rotary_emb", rotary);
  }

  /** Attention and MLP, each behind a norm. */
  static Block layer(Config c, Block attention, Block mlp) {
    int hidden = c.integer("hidden_size");
    return m ->
        m.add("self_attn", attention)
            .add("mlp", mlp)
            .add("input_layernorm", rmsNorm(hidden))
            .add("post_attention_layernorm", rmsNorm(hidden));
  }

  /** The row of the embedding that stays zero, if any. */
  static @Nullable Integer padding(Config c) {
    return c.has("pad_token_id") ? c.integer("pad_token_id") : null;
  }

  /** Frequencies over the whole head, with the family's own base wavelength. */
  static Block rotary(Config c, double theta) {
    return Rope.rotary(RopeParameters.of(c, theta), headDim(c));
  }

  static int headDim(Config c) {
    return c.integer("head_dim", c.integer("hidden_size") / c.integer("num_attention_heads"));
  }

  /** Queries for every head, keys and values for {@code num_key_value_heads}. */
  static Block attention(Config c, boolean bias) {
    return attention(c, bias, bias);
  }

  /** As {@link #attention(Config, boolean)}, with a word on the output projection's own bias. */
  static Block attention(Config c, boolean bias, boolean outputBias) {
    int hidden = c.integer("hidden_size");
    int heads = c.integer("num_attention_heads");
    int queries = product(heads, headDim(c));
    int keys = product(c.integer("num_key_value_heads", heads), headDim(c));
    return m ->
        m.add("q_proj", linear(hidden, queries, bias))
            .add("k_proj", linear(hidden, keys, bias))
            .add("v_proj", linear(hidden, keys, bias))
            .add("o_proj", linear(queries, hidden, outputBias));
  }

  /** {@link #gatedMlp(int, int, boolean)} of the config's widths, without biases. */
  static Block gatedMlp(Config c) {
    return gatedMlp(c.integer("hidden_size"), c.integer("intermediate_size"), false);
  }

  /** {@code down(act(gate(x)) · up(x))}. */
  static Block gatedMlp(int hidden, int intermediate, boolean bias) {
    return m ->
        m.add("gate_proj", linear(hidden, intermediate, bias))
            .add("up_proj", linear(hidden, intermediate, bias))
            .add("down_proj", linear(intermediate, hidden, bias));
  }
}
