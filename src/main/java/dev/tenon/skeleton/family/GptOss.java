package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Sizes.product;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;
import java.util.Map;

/**
 * gpt-oss (OpenAI 2025): a decoder of experts, whose heads may each attend to nothing, a learned
 * sink. Its experts' matrices have their inputs first, and gate and up in turn.
 */
public final class GptOss implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 201088,
          "hidden_size", 2880,
          "intermediate_size", 2880,
          "num_hidden_layers", 36,
          "num_attention_heads", 64,
          "num_key_value_heads", 8,
          "head_dim", 64,
          "num_local_experts", 128,
          "max_position_embeddings", 131072,
          "initializer_range", 0.02,
          "attention_bias", true,
          "tie_word_embeddings", false);

  /** Where a config says nothing of rotary embeddings: YaRN, without rounding to whole turns. */
  private static final Map<String, Object> ROPE =
      Map.of(
          "rope_type",
          "yarn",
          "factor",
          32.0,
          "beta_fast",
          32.0,
          "beta_slow",
          1.0,
          "truncate",
          false,
          "original_max_position_embeddings",
          4096);

  @Override
  public String modelType() {
    return "gpt_oss";
  }

  @Override
  public List<Architecture> architectures() {
    return Heads.decoder("GptOss", null, GptOss::defaults, GptOss::model).stream()
        .map(a -> a.keepInFp32("post_attention_layernorm", "input_layernorm", "norm"))
        .toList();
  }

  private static Config defaults(Config c) {
    Config whole = c.withAliases("num_experts", "num_local_experts").withDefaults(DEFAULTS);
    return c.has("rope_parameters") || c.has("rope_scaling")
        ? whole
        : whole.with("rope_parameters", ROPE);
  }

  static Block model(Config c) {
    Block layer = Llama.layer(c, attention(c), experts(c));
    return Llama.decoder(c, i -> layer, Llama.rotary(c, 150000));
  }

  private static Block attention(Config c) {
    double std = c.initial("initializer_range");
    return Llama.attention(c, c.flag("attention_bias"))
        .then(
            m ->
                m.parameter("sinks", c.integer("num_attention_heads"))
                    .init(init -> init.normal("sinks", 0, std)));
  }

  private static Block experts(Config c) {
    int experts = c.integer("num_local_experts");
    int hidden = c.integer("hidden_size");
    int intermediate = c.integer("intermediate_size");
    int both = product(2, intermediate);
    double std = c.initial("initializer_range");
    Block router =
        m ->
            m.parameter("weight", experts, hidden)
                .parameter("bias", experts)
                .init(init -> init.normal("weight", 0, std).normal("bias", 0, std));
    Block stacked =
        m ->
            m.parameter("gate_up_proj", experts, hidden, both)
                .parameter("gate_up_proj_bias", experts, both)
                .parameter("down_proj", experts, intermediate, hidden)
                .parameter("down_proj_bias", experts, hidden)
                .init(
                    init ->
                        init.normal("gate_up_proj", 0, std)
                            .zeros("gate_up_proj_bias")
                            .normal("down_proj", 0, std)
                            .zeros("down_proj_bias"));
    return m -> m.add("router", router).add("experts", stacked);
  }
}
