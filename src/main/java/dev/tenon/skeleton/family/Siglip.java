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
import dev.tenon.skeleton.build.DefaultRules;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.build.Init;
import dev.tenon.skeleton.build.InitRules;
import dev.tenon.skeleton.build.Module;
import dev.tenon.skeleton.init.InitRule;
import java.util.List;

/** SigLIP (Zhai et al. 2023): CLIP with a pairwise loss, and an attention that pools the image. */
public final class Siglip implements Family {
  static final Config TEXT =
      Config.defaults(
          "vocab_size", 32000,
          "hidden_size", 768,
          "intermediate_size", 3072,
          "num_hidden_layers", 12,
          "num_attention_heads", 12,
          "max_position_embeddings", 64);

  static final Config VISION =
      Config.defaults(
          "hidden_size", 768,
          "intermediate_size", 3072,
          "num_hidden_layers", 12,
          "num_attention_heads", 12,
          "num_channels", 3,
          "image_size", 224,
          "patch_size", 16,
          "vision_use_head", true);

  private static final InitRule XAVIER = new InitRule.XavierUniform(1);

  @Override
  public String modelType() {
    return "siglip";
  }

  @Override
  public List<Architecture> architectures() {
    Config both = Config.defaults("initializer_factor", 1.0);
    Classes classes = new Classes("Siglip", "siglip", c -> c.withDefaults(both));
    return List.of(
        Architecture.of(
                "SiglipTextModel", "text_model", c -> c.withDefaults(TEXT), Siglip::textModel)
            .within("text_config"),
        Architecture.of(
                "SiglipVisionModel",
                "vision_model",
                c -> c.withDefaults(VISION),
                Siglip::visionModel)
            .within("vision_config"),
        classes.of("Model", Siglip::model),
        classes.of("ForImageClassification", Siglip::classifier));
  }

  private static Block model(Config c) {
    InitRule normal = new InitRule.Normal(0, 1);
    return m ->
        m.model(c, rules(c))
            .parameter("logit_scale", normal, 1)
            .parameter("logit_bias", normal, 1)
            .add("text_model", textModel(c.sub("text_config").withDefaults(TEXT)))
            .add("vision_model", visionModel(c.sub("vision_config").withDefaults(VISION)))
            .init(init -> init.zeros("logit_scale").zeros("logit_bias"));
  }

  private static Block classifier(Config c) {
    Config vision = c.sub("vision_config").withDefaults(VISION);
    int hidden = vision.integer("hidden_size");
    InitRule drawn = new InitRule.Normal(0, Clip.inverseRoot(hidden) * Clip.factor(c));
    return m ->
        m.model(c, rules(c))
            .add("vision_model", visionModel(vision))
            .addIf(c.labels() > 0, "classifier", linear(hidden, c.labels()))
            .init(init -> init.ifPresent("classifier.weight", drawn));
  }

  /** The default rules, and then the JAX code's own: LeCun for maps, 1/√dim for tables. */
  private static InitRules rules(Config c) {
    InitRules defaults = DefaultRules.of(c);
    return (kind, init) -> {
      defaults.initialize(kind, init);
      if (kind == Module.Kind.EMBEDDING) {
        init.normal("weight", 0, Math.sqrt(1.0 / init.shape("weight").dim(1)));
      } else if (kind == Module.Kind.LINEAR) {
        init.rule("weight", new InitRule.LecunNormal()).ifPresent("bias", InitRule.ZEROS);
      }
    };
  }

  private static Block textModel(Config c) {
    int hidden = c.integer("hidden_size");
    int positions = c.integer("max_position_embeddings");
    Block embeddings = Clip.textTables(c).then(Embeddings.positionIds(positions));
    return m ->
        m.model(c, rules(c))
            .rename("^text_model\\.(.+)$", "$1")
            .add("embeddings", embeddings)
            .add("encoder", encoder(c))
            .add("final_layer_norm", layerNorm(hidden))
            .add("head", linear(hidden, c.integer("projection_size", hidden)));
  }

  private static Block visionModel(Config c) {
    int hidden = c.integer("hidden_size");
    return m ->
        m.model(c, rules(c))
            .rename("^vision_model\\.(.+)$", "$1")
            .add("embeddings", visionEmbeddings(c))
            .add("encoder", encoder(c))
            .add("post_layernorm", layerNorm(hidden))
            .addIf(c.flag("vision_use_head"), "head", poolingHead(c));
  }

  private static Block visionEmbeddings(Config c) {
    int hidden = c.integer("hidden_size");
    int side = c.integer("image_size") / c.integer("patch_size");
    return m ->
        m.add("patch_embedding", conv2d(c.integer("num_channels"), hidden, c.integer("patch_size")))
            .add("position_embedding", embedding((long) side * side, hidden))
            .with(Embeddings.positionIds(product(side, side)))
            .init(init -> init.normal("position_embedding.weight", 0, 1 / Math.sqrt(hidden)));
  }

  private static Block encoder(Config c) {
    int hidden = c.integer("hidden_size");
    Block attention = Clip.attention(hidden, true).then(m -> m.init(Siglip::drawAttention));
    Block layer =
        m ->
            m.add("layer_norm1", layerNorm(hidden))
                .add("self_attn", attention)
                .add("layer_norm2", layerNorm(hidden))
                .add("mlp", mlp(c));
    return m -> m.repeat("layers", c.integer("num_hidden_layers"), i -> layer);
  }

  private static void drawAttention(Init init) {
    List<String> parts = List.of("q_proj", "k_proj", "v_proj", "out_proj");
    parts.forEach(part -> init.rule(part + ".weight", XAVIER));
    parts.forEach(part -> init.zeros(part + ".bias"));
  }

  private static Block mlp(Config c) {
    return Vision.mlp(c.integer("hidden_size"), c.integer("intermediate_size"))
        .then(
            m ->
                m.init(
                    init ->
                        init.rule("fc1.weight", XAVIER)
                            .rule("fc2.weight", XAVIER)
                            .normal("fc1.bias", 0, 1e-6)
                            .normal("fc2.bias", 0, 1e-6)));
  }

  private static Block poolingHead(Config c) {
    int hidden = c.integer("hidden_size");
    return m ->
        m.parameter("probe", new InitRule.Normal(0, 1), 1, 1, hidden)
            .add("attention", multiheadAttention(hidden))
            .add("layernorm", layerNorm(hidden))
            .add("mlp", mlp(c))
            .init(
                init ->
                    init.rule("probe", XAVIER)
                        .rule("attention.in_proj_weight", XAVIER)
                        .zeros("attention.in_proj_bias"));
  }
}
