package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.conv2d;
import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Sizes.product;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.build.Init;
import dev.tenon.skeleton.build.Module;
import dev.tenon.skeleton.init.InitRule;
import java.util.List;

/**
 * CLIP (Radford et al. 2021): a text and a vision encoder that meet in one space.
 *
 * <p>The reference has no rule for a missing {@code logit_scale} and leaves whatever memory held;
 * here it is what its constructor gives it, {@code logit_scale_init_value}.
 */
public final class Clip implements Family {
  static final Config TEXT =
      Config.defaults(
          "vocab_size", 49408,
          "hidden_size", 512,
          "intermediate_size", 2048,
          "projection_dim", 512,
          "num_hidden_layers", 12,
          "num_attention_heads", 8,
          "max_position_embeddings", 77,
          "initializer_range", 0.02,
          "initializer_factor", 1.0);

  static final Config VISION =
      Config.defaults(
          "hidden_size", 768,
          "intermediate_size", 3072,
          "projection_dim", 512,
          "num_hidden_layers", 12,
          "num_attention_heads", 12,
          "num_channels", 3,
          "image_size", 224,
          "patch_size", 32,
          "initializer_range", 0.02,
          "initializer_factor", 1.0);

  static final Config BOTH =
      Config.defaults(
          "projection_dim", 512, "logit_scale_init_value", 2.6592, "initializer_factor", 1.0);

  @Override
  public String modelType() {
    return "clip";
  }

  @Override
  public List<Architecture> architectures() {
    Classes text = new Classes("CLIPText", "clip", c -> c.withDefaults(TEXT));
    Classes vision = new Classes("CLIPVision", "clip", c -> c.withDefaults(VISION));
    Classes both = new Classes("CLIP", "clip", c -> c.withDefaults(BOTH));
    return List.of(
        text.of("Model", Clip::textModel).within("text_config"),
        text.of("ModelWithProjection", c -> projected(c, "text_model", "text_projection"))
            .within("text_config"),
        vision.of("Model", Clip::visionModel).within("vision_config"),
        vision
            .of("ModelWithProjection", c -> projected(c, "vision_model", "visual_projection"))
            .within("vision_config"),
        both.of("Model", Clip::model),
        both.of("ForImageClassification", Clip::classifier));
  }

  private static Block projected(Config c, String tower, String projection) {
    int hidden = c.integer("hidden_size");
    Block model = tower.equals("text_model") ? textModel(c) : visionModel(c);
    return m ->
        m.model(c)
            .add(tower, model)
            .add(projection, linear(hidden, c.integer("projection_dim"), false))
            .init(init -> init.normal(projection + ".weight", 0, inverseRoot(hidden) * factor(c)));
  }

  private static Block model(Config c) {
    Config text = part(c, "text", TEXT);
    Config vision = part(c, "vision", VISION);
    return joined(
        c,
        new Tower(textModel(text), text.integer("hidden_size")),
        new Tower(visionModel(vision), vision.integer("hidden_size")));
  }

  /** An encoder, and how wide its output is. */
  record Tower(Block model, int width) {}

  /** Two encoders, a projection from each into one space, and a scale no rule initialises. */
  static Block joined(Config c, Tower text, Tower vision) {
    InitRule scale = new InitRule.Constant(c.number("logit_scale_init_value"));
    int shared = c.integer("projection_dim");
    double textStd = inverseRoot(text.width) * factor(c);
    double visionStd = inverseRoot(vision.width) * factor(c);
    return m ->
        m.model(c)
            .parameter("logit_scale", scale)
            .add("text_model", text.model)
            .add("vision_model", vision.model)
            .add("visual_projection", linear(vision.width, shared, false))
            .add("text_projection", linear(text.width, shared, false))
            .init(
                init ->
                    init.normal("text_projection.weight", 0, textStd)
                        .normal("visual_projection.weight", 0, visionStd));
  }

  private static Block classifier(Config c) {
    Config vision = part(c, "vision", VISION);
    int hidden = vision.integer("hidden_size");
    double std = inverseRoot(hidden) * factor(c);
    return m ->
        m.model(c)
            .add("vision_model", visionModel(vision))
            .addIf(c.labels() > 0, "classifier", linear(hidden, c.labels()))
            .init(init -> init.ifPresent("classifier.weight", new InitRule.Normal(0, std)));
  }

  /** A tower's config: what {@code NAME_config_dict} holds wins whole, as in old checkpoints. */
  static Config part(Config c, String name, Config defaults) {
    String whole = name + "_config_dict";
    return c.sub(c.has(whole) ? whole : name + "_config").withDefaults(defaults);
  }

  static Block textModel(Config c) {
    return m ->
        m.model(c)
            .rename("^text_model\\.(.+)$", "$1")
            .add("embeddings", textEmbeddings(c))
            .add("encoder", encoder(c))
            .add("final_layer_norm", layerNorm(c.integer("hidden_size")));
  }

  static Block visionModel(Config c) {
    int hidden = c.integer("hidden_size");
    return m ->
        m.model(c)
            .rename("^vision_model\\.(.+)$", "$1")
            .add("embeddings", visionEmbeddings(c))
            .add("pre_layrnorm", layerNorm(hidden))
            .add("encoder", encoder(c))
            .add("post_layernorm", layerNorm(hidden));
  }

  private static Block textEmbeddings(Config c) {
    int positions = c.integer("max_position_embeddings");
    InitRule drawn = new InitRule.Normal(0, factor(c) * 0.02);
    return textTables(c)
        .then(
            m ->
                m.with(Embeddings.positionIds(positions))
                    .init(
                        init ->
                            init.rule("token_embedding.weight", drawn)
                                .rule("position_embedding.weight", drawn)));
  }

  /** A table of tokens and one of positions. */
  static Block textTables(Config c) {
    int hidden = c.integer("hidden_size");
    return m ->
        m.add("token_embedding", embedding(c.integer("vocab_size"), hidden))
            .add("position_embedding", embedding(c.integer("max_position_embeddings"), hidden));
  }

  private static Block visionEmbeddings(Config c) {
    int hidden = c.integer("hidden_size");
    int patch = c.integer("patch_size");
    int side = c.integer("image_size") / patch;
    int positions = product(side, side) + 1;
    InitRule drawn = new InitRule.Normal(0, c.initial("initializer_range") * factor(c));
    return m ->
        m.parameter("class_embedding", new InitRule.Normal(0, 1), hidden)
            .add(
                "patch_embedding",
                conv2d(c.integer("num_channels"), hidden, patch, patch, 1, false))
            .add("position_embedding", embedding(positions, hidden))
            .with(Embeddings.positionIds(positions))
            .init(
                init ->
                    init.normal("class_embedding", 0, inverseRoot(hidden) * factor(c))
                        .rule("patch_embedding.weight", drawn)
                        .rule("position_embedding.weight", drawn));
  }

  private static Block encoder(Config c) {
    return m -> m.repeat("layers", c.integer("num_hidden_layers"), i -> layer(c));
  }

  private static Block layer(Config c) {
    int hidden = c.integer("hidden_size");
    double deep = inverseRoot(2.0 * c.integer("num_hidden_layers"));
    double in = inverseRoot(hidden) * deep * factor(c);
    Block attention = attention(hidden, true).then(m -> m.init(init -> drawAttention(c, init, in)));
    Block mlp = Vision.mlp(hidden, c.integer("intermediate_size")).then(m -> drawMlp(c, m, in));
    return m ->
        m.add("self_attn", attention)
            .add("layer_norm1", layerNorm(hidden))
            .add("mlp", mlp)
            .add("layer_norm2", layerNorm(hidden));
  }

  private static void drawAttention(Config c, Init init, double in) {
    init.normal("q_proj.weight", 0, in).normal("k_proj.weight", 0, in);
    init.normal("v_proj.weight", 0, in);
    init.normal("out_proj.weight", 0, inverseRoot(c.integer("hidden_size")) * factor(c));
  }

  private static void drawMlp(Config c, Module mlp, double in) {
    double first = inverseRoot(2.0 * c.integer("hidden_size")) * factor(c);
    mlp.init(init -> init.normal("fc1.weight", 0, first).normal("fc2.weight", 0, in));
  }

  /** Attention whose parts the reference registers as keys, values, queries. */
  static Block attention(int hidden, boolean bias) {
    return m ->
        m.add("k_proj", linear(hidden, hidden, bias))
            .add("v_proj", linear(hidden, hidden, bias))
            .add("q_proj", linear(hidden, hidden, bias))
            .add("out_proj", linear(hidden, hidden, bias));
  }

  static double factor(Config c) {
    return c.initial("initializer_factor");
  }

  static double inverseRoot(double x) {
    return Math.pow(x, -0.5);
  }
}
