package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Blocks.rmsNorm;
import static dev.tenon.skeleton.build.Sizes.product;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.init.Value;
import dev.tenon.tensor.DType;
import java.util.List;

/**
 * DeepSeek V3 (2024): latent attention, and after the first dense layers experts of which some are
 * always asked.
 */
public final class DeepseekV3 implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 129280,
          "hidden_size", 7168,
          "intermediate_size", 18432,
          "moe_intermediate_size", 2048,
          "num_hidden_layers", 61,
          "num_attention_heads", 128,
          "n_shared_experts", 1,
          "n_routed_experts", 256,
          "kv_lora_rank", 512,
          "q_lora_rank", 1536,
          "qk_rope_head_dim", 64,
          "qk_nope_head_dim", 128,
          "v_head_dim", 128,
          "first_k_dense_replace", 3,
          "max_position_embeddings", 4096,
          "attention_bias", false,
          "initializer_range", 0.02,
          "tie_word_embeddings", false);

  @Override
  public String modelType() {
    return "deepseek_v3";
  }

  @Override
  public List<Architecture> architectures() {
    return Heads.decoder("DeepseekV3", null, DeepseekV3::defaults, DeepseekV3::model).stream()
        .map(Experts::oneByOne)
        .map(a -> a.keepInFp32Strict("e_score_correction_bias"))
        // The layer after the last of the published model predicts further tokens.
        .map(a -> a.ignoreUnexpected("model\\.layers\\.61.*"))
        .toList();
  }

  /** What rotates is the part of the head that is not compressed. */
  private static Config defaults(Config c) {
    Config named = c.withAliases("num_local_experts", "n_routed_experts").withDefaults(DEFAULTS);
    return named.mentions("head_dim")
        ? named
        : named.with("head_dim", named.integer("qk_rope_head_dim"));
  }

  static Block model(Config c) {
    int dense = c.integer("first_k_dense_replace");
    return Llama.decoder(
        c,
        i -> Llama.layer(c, attention(c), i < dense ? Llama.gatedMlp(c) : moe(c)),
        Llama.rotary(c, 10000));
  }

  /** Queries, and keys with values, each through a narrow latent vector. */
  private static Block attention(Config c) {
    int hidden = c.integer("hidden_size");
    int heads = c.integer("num_attention_heads");
    int latent = c.integer("kv_lora_rank");
    int rotating = c.integer("qk_rope_head_dim");
    int still = c.integer("qk_nope_head_dim");
    int value = c.integer("v_head_dim");
    boolean bias = c.flag("attention_bias");
    Block keys =
        m ->
            m.add("kv_a_proj_with_mqa", linear(hidden, latent + rotating, bias))
                .add("kv_a_layernorm", rmsNorm(latent))
                .add("kv_b_proj", linear(latent, product(heads, still + value), false))
                .add("o_proj", linear(product(heads, value), hidden, bias));
    return queries(c, product(heads, still + rotating)).then(keys);
  }

  /** Queries through a latent vector, or straight where {@code q_lora_rank} is null. */
  private static Block queries(Config c, int queries) {
    int hidden = c.integer("hidden_size");
    if (!c.has("q_lora_rank")) {
      return m -> m.add("q_proj", linear(hidden, queries, false));
    }
    int latent = c.integer("q_lora_rank");
    return m ->
        m.add("q_a_proj", linear(hidden, latent, c.flag("attention_bias")))
            .add("q_a_layernorm", rmsNorm(latent))
            .add("q_b_proj", linear(latent, queries, false));
  }

  private static Block moe(Config c) {
    int hidden = c.integer("hidden_size");
    int experts = c.integer("n_routed_experts");
    int intermediate = c.integer("moe_intermediate_size");
    Value noCorrection = Value.zeros(DType.F32, experts);
    Block gate =
        Experts.router(c, experts)
            .then(m -> m.buffer("e_score_correction_bias", true, DType.F32, noCorrection, experts));
    return m ->
        m.add("experts", Experts.stacked(c, experts, intermediate))
            .add("gate", gate)
            .add(
                "shared_experts",
                Llama.gatedMlp(
                    hidden, product(intermediate, c.integer("n_shared_experts")), false));
  }
}
