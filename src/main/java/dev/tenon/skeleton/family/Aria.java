package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.conv2d;
import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Blocks.multiheadAttention;
import static dev.tenon.skeleton.build.Sizes.product;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.init.InitRule;
import java.util.List;

/**
 * Aria (Li et al. 2024): an Idefics 3 vision tower, a projector of queries, a mixture of experts.
 */
public final class Aria implements Family {
  static final Config TEXT =
      Config.defaults(
          "vocab_size", 32000,
          "hidden_size", 4096,
          "intermediate_size", 4096,
          "num_hidden_layers", 32,
          "num_attention_heads", 32,
          "max_position_embeddings", 2048,
          "initializer_range", 0.02,
          "pad_token_id", 2,
          "attention_bias", false,
          "mlp_bias", false,
          "moe_num_experts", 8,
          "moe_num_shared_experts", 2,
          "tie_word_embeddings", false);

  static final Config VISION =
      Config.defaults(
          "hidden_size", 1152,
          "intermediate_size", 3072,
          "num_hidden_layers", 12,
          "num_attention_heads", 16,
          "num_channels", 3,
          "image_size", 224,
          "patch_size", 32,
          "initializer_range", 0.02);

  private static final Config BOTH =
      Config.defaults("initializer_range", 0.02, "tie_word_embeddings", false);

  @Override
  public String modelType() {
    return "aria";
  }

  @Override
  public List<Architecture> architectures() {
    Classes text = new Classes("AriaText", "model", c -> c.withDefaults(TEXT));
    Classes both = new Classes("Aria", "model", c -> c.withDefaults(BOTH));
    return List.of(
        text.of("Model", Aria::textModel).within("text_config"),
        text.of("ForCausalLM", Aria::causalLm).within("text_config"),
        both.of("Model", Aria::model),
        both.of("ForConditionalGeneration", Aria::conditional)
            .rename("^language_model.lm_head", "lm_head")
            .rename("^language_model", "model.language_model")
            .rename("^vision_tower", "model.vision_tower")
            .rename("^multi_modal_projector", "model.multi_modal_projector"));
  }

  private static Config text(Config c) {
    return c.sub("text_config").withDefaults(TEXT);
  }

  private static Block causalLm(Config c) {
    return Heads.causalLm(c, "model", textModel(c));
  }

  private static Block conditional(Config c) {
    Config text = text(c);
    return m ->
        m.model(c)
            .tie("lm_head.weight", "model.language_model.embed_tokens.weight")
            .add("model", model(c))
            .add("lm_head", linear(text.integer("hidden_size"), text.integer("vocab_size"), false));
  }

  private static Block model(Config c) {
    Config vision = c.sub("vision_config").withDefaults(VISION);
    return m ->
        m.model(c)
            .rename("^language_model.model", "language_model")
            .add("vision_tower", vision(vision))
            .add("multi_modal_projector", projector(c, vision))
            .add("language_model", textModel(text(c)));
  }

  private static Block textModel(Config c) {
    Block layer = Llama.layer(c, Llama.attention(c, c.flag("attention_bias")), experts(c));
    return Llama.decoder(c, i -> layer, Llama.rotary(c, 10000))
        .then(
            m ->
                m.rename("mlp\\.experts\\.fc1\\.weight", "mlp.experts.gate_up_proj")
                    .rename("mlp\\.experts\\.fc2\\.weight", "mlp.experts.down_proj"));
  }

  /** A router, experts whose matrices take inputs row-wise, and experts every token goes to. */
  private static Block experts(Config c) {
    int experts = c.integer("moe_num_experts");
    int hidden = c.integer("hidden_size");
    int wide = c.integer("intermediate_size");
    double std = c.initial("initializer_range");
    Block stacked =
        m ->
            m.parameter("gate_up_proj", experts, hidden, 2L * wide)
                .parameter("down_proj", experts, wide, hidden)
                .init(init -> init.normal("gate_up_proj", 0, std).normal("down_proj", 0, std));
    int shared = product(wide, c.integer("moe_num_shared_experts"));
    return m ->
        m.add("router", Experts.router(c, experts))
            .add("experts", stacked)
            .add("shared_experts", Llama.gatedMlp(hidden, shared, c.flag("mlp_bias")));
  }

  /** Idefics 3's tower: CLIP's layers over patches, without a class token. */
  private static Block vision(Config c) {
    int hidden = c.integer("hidden_size");
    int side = c.integer("image_size") / c.integer("patch_size");
    Block patches = conv2d(c.integer("num_channels"), hidden, c.integer("patch_size"));
    Block layer =
        m ->
            m.add("self_attn", Clip.attention(hidden, true))
                .add("layer_norm1", layerNorm(hidden))
                .add("mlp", Vision.mlp(hidden, c.integer("intermediate_size")))
                .add("layer_norm2", layerNorm(hidden));
    return m ->
        m.model(c)
            .add(
                "embeddings",
                e ->
                    e.add("patch_embedding", patches)
                        .add("position_embedding", embedding((long) side * side, hidden)))
            .add("encoder", e -> e.repeat("layers", c.integer("num_hidden_layers"), i -> layer))
            .add("post_layernorm", layerNorm(hidden));
  }

  /** Learned queries that attend to the patches, as many as the largest image asks for. */
  private static Block projector(Config c, Config vision) {
    int seen = vision.integer("hidden_size");
    int told = text(c).integer("hidden_size");
    InitRule drawn = new InitRule.TruncatedNormal(0, c.initial("initializer_range"), -2, 2);
    Block attention =
        m ->
            m.add("q_proj", linear(seen, seen, false))
                .add("k_proj", linear(seen, seen, false))
                .add("v_proj", linear(seen, seen, false))
                .add("multihead_attn", multiheadAttention(seen))
                .add("linear", linear(seen, seen))
                .add("layer_norm", layerNorm(seen))
                .add("layer_norm_kv", layerNorm(seen));
    Block mlp =
        m ->
            m.add("linear_in", linear(seen, told, false))
                .add("linear_out", linear(told, told, false));
    return m ->
        m.parameter("query", InitRule.ZEROS, queries(c), seen)
            .add("cross_attn", attention)
            .add("layer_norm", layerNorm(seen))
            .add("feed_forward", mlp)
            .init(init -> init.rule("query", drawn));
  }

  /**
   * As many as the config says, else the largest value of {@code projector_patch_to_query_dict}, or
   * of the two it has by default.
   */
  private static int queries(Config c) {
    Config byPatches = c.sub("projector_patch_to_query_dict");
    int largest = byPatches.names().stream().mapToInt(byPatches::integer).max().orElse(256);
    return c.integer("max_value_projector_patch_to_query_dict", largest);
  }
}
