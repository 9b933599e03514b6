package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.Blocks.embedding;
import static dev.tenon.skeleton.Blocks.linear;
import static dev.tenon.skeleton.Blocks.rmsNorm;

import dev.tenon.skeleton.Architecture;
import dev.tenon.skeleton.Block;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Family;
import dev.tenon.skeleton.Rope;
import dev.tenon.skeleton.RopeParameters;
import java.util.List;
import java.util.function.Function;

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
    return List.of(
        of("LlamaModel", "model", Llama::model),
        of("LlamaForCausalLM", "model", c -> Heads.causalLm(c, "model", model(c))),
        of(
            "LlamaForSequenceClassification",
            "model",
            c -> Heads.sequenceClassification(c, "model", model(c))),
        of(
            "LlamaForQuestionAnswering",
            "transformer",
            c -> Heads.questionAnswering(c, "transformer", model(c))),
        of(
            "LlamaForTokenClassification",
            "model",
            c -> Heads.tokenClassification(c, "model", model(c))));
  }

  private static Architecture of(String name, String prefix, Function<Config, Block> describe) {
    return Architecture.of(name, prefix, c -> c.withDefaults(DEFAULTS), describe);
  }

  static Block model(Config c) {
    int hidden = c.integer("hidden_size");
    Integer padding = c.has("pad_token_id") ? c.integer("pad_token_id") : null;
    return m ->
        m.model(c)
            .add("embed_tokens", embedding(c.integer("vocab_size"), hidden, padding))
            .repeat("layers", c.integer("num_hidden_layers"), i -> layer(c))
            .add("norm", rmsNorm(hidden))
            .add("rotary_emb", Rope.rotary(RopeParameters.of(c, 10000), headDim(c)));
  }

  private static Block layer(Config c) {
    int hidden = c.integer("hidden_size");
    return m ->
        m.add("self_attn", attention(c, c.flag("attention_bias")))
            .add("mlp", gatedMlp(hidden, c.integer("intermediate_size"), c.flag("mlp_bias")))
            .add("input_layernorm", rmsNorm(hidden))
            .add("post_attention_layernorm", rmsNorm(hidden));
  }

  static int headDim(Config c) {
    return c.integer("head_dim", c.integer("hidden_size") / c.integer("num_attention_heads"));
  }

  /** Queries for every head, keys and values for {@code num_key_value_heads}. */
  static Block attention(Config c, boolean bias) {
    int hidden = c.integer("hidden_size");
    int heads = c.integer("num_attention_heads");
    int queries = heads * headDim(c);
    int keys = c.integer("num_key_value_heads", heads) * headDim(c);
    return m ->
        m.add("q_proj", linear(hidden, queries, bias))
            .add("k_proj", linear(hidden, keys, bias))
            .add("v_proj", linear(hidden, keys, bias))
            .add("o_proj", linear(queries, hidden, bias));
  }

  /** {@code down(act(gate(x)) · up(x))}. */
  static Block gatedMlp(int hidden, int intermediate, boolean bias) {
    return m ->
        m.add("gate_proj", linear(hidden, intermediate, bias))
            .add("up_proj", linear(hidden, intermediate, bias))
            .add("down_proj", linear(intermediate, hidden, bias));
  }
}
