package dev.tenon.skeleton.family;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;

/** Mixtral (Jiang et al. 2024): Mistral with experts in place of the MLP. */
public final class Mixtral implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 32000,
          "hidden_size", 4096,
          "intermediate_size", 14336,
          "num_hidden_layers", 32,
          "num_attention_heads", 32,
          "num_key_value_heads", 8,
          "num_local_experts", 8,
          "max_position_embeddings", 131072,
          "initializer_range", 0.02,
          "tie_word_embeddings", false);

  @Override
  public String modelType() {
    return "mixtral";
  }

  @Override
  public List<Architecture> architectures() {
    return Heads.decoder("Mixtral", "model", Mixtral::defaults, Mixtral::model).stream()
        .map(Mixtral::withCheckpoints)
        .toList();
  }

  private static Config defaults(Config c) {
    return c.withAliases("num_experts", "num_local_experts").withDefaults(DEFAULTS);
  }

  /** Checkpoints hold every expert's three matrices apart, under another name. */
  private static Architecture withCheckpoints(Architecture architecture) {
    return architecture
        .rename(".block_sparse_moe.", ".mlp.")
        .convert(
            Experts.gateAndUp(
                ".experts.*.w1.weight", ".experts.*.w3.weight", ".experts.gate_up_proj"))
        .convert(Experts.down(".experts.*.w2.weight", ".experts.down_proj"));
  }

  static Block model(Config c) {
    Block layer = Llama.layer(c, Llama.attention(c, false), moe(c));
    return Llama.decoder(c, i -> layer, Llama.rotary(c, 1000000));
  }

  private static Block moe(Config c) {
    int experts = c.integer("num_local_experts");
    return m ->
        m.add("gate", Experts.router(c, experts))
            .add("experts", Experts.stacked(c, experts, c.integer("intermediate_size")));
  }
}
