package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Sizes.product;
import static dev.tenon.skeleton.build.Sizes.whole;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.DefaultRules;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.build.Init;
import dev.tenon.skeleton.build.InitRules;
import dev.tenon.skeleton.build.Module;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.names.Conversion;
import java.util.List;

/** DINOv2 (Oquab et al. 2023): ViT with scaled residuals and, in its giant size, a gated MLP. */
public final class Dinov2 implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "hidden_size", 768,
          "num_hidden_layers", 12,
          "num_attention_heads", 12,
          "mlp_ratio", 4,
          "initializer_range", 0.02,
          "image_size", 224,
          "patch_size", 14,
          "num_channels", 3,
          "qkv_bias", true,
          "layerscale_value", 1.0,
          "use_swiglu_ffn", false,
          "use_mask_token", true);

  @Override
  public String modelType() {
    return "dinov2";
  }

  @Override
  public List<Architecture> architectures() {
    Classes dinov2 = new Classes("Dinov2", "dinov2", c -> c.withDefaults(DEFAULTS));
    return List.of(
        dinov2.of("Encoder", Dinov2::encoder),
        dinov2.of("Model", Dinov2::model),
        dinov2.of(
            "ForImageClassification",
            c ->
                Vision.classified(c, "dinov2", model(c), product(2, c.integer("hidden_size")))
                    .then(m -> m.model(c, rules(c)))),
        dinov2.of("Backbone", Dinov2::model));
  }

  private static Block model(Config c) {
    return m ->
        m.model(c, rules(c))
            .with(Dinov2::spellings)
            .add("embeddings", embeddings(c))
            .add("encoder", encoder(c))
            .add("layernorm", layerNorm(c.integer("hidden_size")));
  }

  private static Block encoder(Config c) {
    return m -> m.model(c, rules(c)).repeat("layer", c.integer("num_hidden_layers"), i -> layer(c));
  }

  /** The default rules, and then every linear map and convolution drawn again, truncated. */
  private static InitRules rules(Config c) {
    InitRules defaults = DefaultRules.of(c);
    return (kind, init) -> {
      defaults.initialize(kind, init);
      if (kind == Module.Kind.LINEAR) {
        init.rule("weight", Vision.truncated(c)).ifPresent("bias", InitRule.ZEROS);
      }
    };
  }

  private static Block embeddings(Config c) {
    int hidden = c.integer("hidden_size");
    return m -> {
      m.parameter("cls_token", InitRule.ZEROS, 1, 1, hidden);
      if (c.flag("use_mask_token")) {
        m.parameter("mask_token", InitRule.ZEROS, 1, hidden);
      }
      InitRule normal = new InitRule.Normal(0, 1);
      m.parameter("position_embeddings", normal, 1, Vision.patches(c) + 1, hidden);
      m.add("patch_embeddings", Vision.patchEmbeddings(c));
      m.init(init -> initialize(c, init));
    };
  }

  private static void initialize(Config c, Init init) {
    init.rule("position_embeddings", Vision.truncated(c)).rule("cls_token", Vision.truncated(c));
    init.ifPresent("mask_token", InitRule.ZEROS);
  }

  private static Block layer(Config c) {
    int hidden = c.integer("hidden_size");
    int wide = whole(hidden * c.number("mlp_ratio"));
    // Two thirds of the width, rounded up to a multiple of eight: the gate takes the rest.
    int gated = ((int) (wide * 2 / 3.0) + 7) / 8 * 8;
    boolean swiglu = c.flag("use_swiglu_ffn");
    return m ->
        m.add("norm1", layerNorm(hidden))
            .add("attention", Vision.attention(c))
            .add("layer_scale1", layerScale(c))
            .add("norm2", layerNorm(hidden))
            .add("mlp", swiglu ? Llama.gatedMlp(hidden, gated, true) : Vision.mlp(hidden, wide))
            .add("layer_scale2", layerScale(c));
  }

  private static Block layerScale(Config c) {
    InitRule scale = new InitRule.Constant(c.number("layerscale_value"));
    return m ->
        m.parameter("lambda1", scale, c.integer("hidden_size"))
            .init(init -> init.rule("lambda1", scale));
  }

  private static void spellings(Module m) {
    m.rename("attention.attention.query", "attention.q_proj")
        .rename("attention.attention.key", "attention.k_proj")
        .rename("attention.attention.value", "attention.v_proj")
        .rename("attention.output.dense", "attention.o_proj")
        .rename("mlp.weights_out", "mlp.down_proj");
    for (String part : List.of("weight", "bias")) {
      m.convert(
          new Conversion(
              "",
              List.of("mlp.weights_in." + part),
              List.of("mlp.gate_proj." + part, "mlp.up_proj." + part),
              List.of(new Conversion.Operation.Chunk(0))));
    }
  }
}
