package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Sizes.product;
import static dev.tenon.skeleton.build.Sizes.whole;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.build.Rope;
import dev.tenon.skeleton.build.RopeParameters;
import java.util.List;
import java.util.function.Function;

/**
 * GPT-NeoX (Black et al. 2022): a decoder whose attention and MLP may run side by side, with heads
 * that rotate in part.
 */
public final class GptNeoX implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 50432,
          "hidden_size", 6144,
          "intermediate_size", 24576,
          "num_hidden_layers", 44,
          "num_attention_heads", 64,
          "max_position_embeddings", 2048,
          "initializer_range", 0.02,
          "attention_bias", true,
          "tie_word_embeddings", false);

  private static final String BASE = "gpt_neox";

  @Override
  public String modelType() {
    return "gpt_neox";
  }

  @Override
  public List<Architecture> architectures() {
    return List.of(
        of("GPTNeoXModel", GptNeoX::model),
        of("GPTNeoXForCausalLM", c -> Heads.causalLm(c, BASE, model(c), "embed_in"))
            .rename("^embed_out\\.", "lm_head."),
        of(
            "GPTNeoXForSequenceClassification",
            c -> Heads.sequenceClassification(c, BASE, model(c))),
        of("GPTNeoXForTokenClassification", c -> Heads.classifier(c, BASE, model(c))),
        of("GPTNeoXForQuestionAnswering", c -> Heads.questionAnswering(c, BASE, model(c))));
  }

  private static Architecture of(String name, Function<Config, Block> describe) {
    return Architecture.of(name, BASE, GptNeoX::defaults, describe)
        .ignoreUnexpected("attention.bias", "attention.masked_bias");
  }

  /** The rotary settings have names of their own, and no others count. */
  private static Config defaults(Config c) {
    return c.with("rope_theta", c.number("rotary_emb_base", 10000))
        .with("partial_rotary_factor", c.number("rotary_pct", 0.25))
        .withDefaults(DEFAULTS);
  }

  static Block model(Config c) {
    int hidden = c.integer("hidden_size");
    RopeParameters rope = RopeParameters.of(c, 10000);
    int head = Llama.headDim(c);
    return m ->
        m.model(c)
            .add("embed_in", embedding(c.integer("vocab_size"), hidden))
            .repeat("layers", c.integer("num_hidden_layers"), i -> layer(c))
            .add("final_layer_norm", layerNorm(hidden))
            .add("rotary_emb", Rope.rotary(rope, head, whole(head * rope.partial())));
  }

  private static Block layer(Config c) {
    int hidden = c.integer("hidden_size");
    return m ->
        m.add("input_layernorm", layerNorm(hidden))
            .add("post_attention_layernorm", layerNorm(hidden))
            .add("attention", attention(hidden, product(3, hidden), c.flag("attention_bias")))
            .add("mlp", mlp(hidden, c.integer("intermediate_size"), true));
  }

  /** One projection to queries, keys and values, and one back. */
  static Block attention(int hidden, int fused, boolean bias) {
    return m ->
        m.add("query_key_value", linear(hidden, fused, bias))
            .add("dense", linear(hidden, hidden, bias));
  }

  /** {@code down(act(up(x)))}. */
  static Block mlp(int hidden, int intermediate, boolean bias) {
    return m ->
        m.add("dense_h_to_4h", linear(hidden, intermediate, bias))
            .add("dense_4h_to_h", linear(intermediate, hidden, bias));
  }
}
