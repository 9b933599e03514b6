package dev.tenon.skeleton.family;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;

/**
 * Qwen 3 with experts in the layers {@code decoder_sparse_step} and {@code mlp_only_layers} leave.
 */
public final class Qwen3Moe implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 151936,
          "hidden_size", 2048,
          "intermediate_size", 6144,
          "num_hidden_layers", 24,
          "num_attention_heads", 32,
          "num_key_value_heads", 4,
          "max_position_embeddings", 32768,
          "attention_bias", false,
          "decoder_sparse_step", 1,
          "moe_intermediate_size", 768,
          "num_experts", 128,
          "initializer_range", 0.02,
          "tie_word_embeddings", false);

  @Override
  public String modelType() {
    return "qwen3_moe";
  }

  @Override
  public List<Architecture> architectures() {
    return Heads.decoder("Qwen3Moe", "transformer", Qwen3Moe::defaults, Qwen3Moe::model).stream()
        .map(Experts::oneByOne)
        .toList();
  }

  private static Config defaults(Config c) {
    return c.withAliases("num_local_experts", "num_experts").withDefaults(DEFAULTS);
  }

  static Block model(Config c) {
    return Llama.decoder(
        c,
        i -> Llama.layer(c, Qwen3.attention(c), sparse(c, i) ? moe(c) : Llama.gatedMlp(c)),
        Llama.rotary(c, 10000));
  }

  private static boolean sparse(Config c, int layer) {
    return !c.integers("mlp_only_layers").contains(layer)
        && c.integer("num_experts") > 0
        && (layer + 1) % c.integer("decoder_sparse_step") == 0;
  }

  private static Block moe(Config c) {
    int experts = c.integer("num_experts");
    return m ->
        m.add("experts", Experts.stacked(c, experts, c.integer("moe_intermediate_size")))
            .add("gate", Experts.router(c, experts));
  }
}
