package dev.tenon.skeleton.family;

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

/**
 * Phi 3 (Microsoft 2024): Llama with queries, keys and values, and gate and up, in one matrix each.
 */
public final class Phi3 implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 32064,
          "hidden_size", 3072,
          "intermediate_size", 8192,
          "num_hidden_layers", 32,
          "num_attention_heads", 32,
          "max_position_embeddings", 4096,
          "original_max_position_embeddings", 4096,
          "pad_token_id", 32000,
          "initializer_range", 0.02,
          "tie_word_embeddings", false);

  @Override
  public String modelType() {
    return "phi3";
  }

  @Override
  public List<Architecture> architectures() {
    return Heads.decoder("Phi3", null, c -> c.withDefaults(DEFAULTS), Phi3::model);
  }

  static Block model(Config c) {
    Block layer = Llama.layer(c, attention(c), mlp(c));
    return Llama.decoder(c, i -> layer, rotary(c));
  }

  private static Block attention(Config c) {
    int hidden = c.integer("hidden_size");
    int heads = c.integer("num_attention_heads");
    int queries = product(heads, Llama.headDim(c));
    int keys = product(c.integer("num_key_value_heads", heads), Llama.headDim(c));
    return m ->
        m.add("o_proj", linear(queries, hidden, false))
            .add("qkv_proj", linear(hidden, queries + 2L * keys, false));
  }

  private static Block mlp(Config c) {
    int hidden = c.integer("hidden_size");
    int intermediate = c.integer("intermediate_size");
    return m ->
        m.add("gate_up_proj", linear(hidden, 2L * intermediate, false))
            .add("down_proj", linear(intermediate, hidden, false));
  }

  /** A part of the head rotates; the older names of the one scaled type stand for it. */
  private static Block rotary(Config c) {
    RopeParameters p = RopeParameters.of(c, 10000);
    if (p.type().equals("su") || p.type().equals("yarn")) {
      p = p.withType("longrope");
    }
    return Rope.rotary(p, Llama.headDim(c), whole(Llama.headDim(c) * p.partial()));
  }
}
