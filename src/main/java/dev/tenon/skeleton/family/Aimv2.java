package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.conv2d;
import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Blocks.rmsNorm;
import static dev.tenon.skeleton.build.Sizes.product;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.init.InitRule;
import java.util.List;

/** AIMv2 (Fini et al. 2024): CLIP's two towers with RMS norms, gated MLPs and a pooling head. */
public final class Aimv2 implements Family {
  private static final Config TEXT =
      Config.defaults(
          "vocab_size", 49408,
          "hidden_size", 768,
          "intermediate_size", 2048,
          "num_hidden_layers", 12,
          "max_position_embeddings", 77,
          "qkv_bias", false,
          "mlp_bias", false,
          "initializer_range", 0.02);

  private static final Config VISION =
      Config.defaults(
          "hidden_size", 1024,
          "intermediate_size", 2816,
          "num_hidden_layers", 24,
          "num_channels", 3,
          "image_size", 224,
          "patch_size", 14,
          "qkv_bias", false,
          "mlp_bias", false,
          "initializer_range", 0.02,
          "use_head", true,
          "is_native", false);

  private static final Config BOTH =
      Config.defaults("projection_dim", 512, "initializer_factor", 1.0);

  /** The logarithm of one over CLIP's first temperature, 0.07. */
  private static final InitRule SCALE = new InitRule.Constant(Math.log(1 / 0.07));

  @Override
  public String modelType() {
    return "aimv2";
  }

  @Override
  public List<Architecture> architectures() {
    return List.of(
        Architecture.of("Aimv2VisionModel", "aimv2", c -> c.withDefaults(VISION), Aimv2::vision)
            .within("vision_config"),
        Architecture.of("Aimv2TextModel", "aimv2", c -> c.withDefaults(TEXT), Aimv2::text)
            .within("text_config"),
        Architecture.of("Aimv2Model", "aimv2", c -> c.withDefaults(BOTH), Aimv2::model));
  }

  private static Block model(Config c) {
    Config text = c.sub("text_config").withDefaults(TEXT);
    Config vision = c.sub("vision_config").withDefaults(VISION);
    int shared = c.integer("projection_dim");
    return m ->
        m.model(c)
            .parameter("logit_scale", SCALE)
            .add("vision_model", vision(vision))
            .add("text_model", text(text))
            .add("visual_projection", linear(vision.integer("hidden_size"), shared, false))
            .add("text_projection", linear(text.integer("hidden_size"), shared, false))
            .init(init -> init.rule("logit_scale", SCALE));
  }

  private static Block vision(Config c) {
    int hidden = c.integer("hidden_size");
    return m ->
        m.model(c)
            .add("embeddings", patches(c))
            .add("encoder", encoder(c))
            .add("rms_norm", rmsNorm(hidden))
            .addIf(c.flag("use_head"), "head", poolingHead(c));
  }

  private static Block text(Config c) {
    Block words =
        Clip.textTables(c).then(Embeddings.positionIds(c.integer("max_position_embeddings")));
    return m ->
        m.model(c)
            .add("embeddings", words)
            .add("encoder", encoder(c))
            .add("rms_norm", rmsNorm(c.integer("hidden_size")));
  }

  /** Patches; a model for images of any size has no table of positions. */
  private static Block patches(Config c) {
    int hidden = c.integer("hidden_size");
    int patch = c.integer("patch_size");
    int side = c.integer("image_size") / patch;
    return m ->
        m.add("patch_embed", conv2d(c.integer("num_channels"), hidden, patch))
            .add("rms_norm", rmsNorm(hidden))
            .addIf(
                !c.flag("is_native"), "position_embedding", embedding((long) side * side, hidden))
            .with(Embeddings.positionIds(product(side, side)));
  }

  private static Block encoder(Config c) {
    int hidden = c.integer("hidden_size");
    Block mlp = Llama.gatedMlp(hidden, c.integer("intermediate_size"), c.flag("mlp_bias"));
    Block layer =
        m ->
            m.add("attention", Clip.attention(hidden, c.flag("qkv_bias")))
                .add("ffn", mlp)
                .add("rms_norm1", rmsNorm(hidden))
                .add("rms_norm2", rmsNorm(hidden));
    return m -> m.repeat("layers", c.integer("num_hidden_layers"), i -> layer);
  }

  /** Attention of one learned query over all patches. */
  private static Block poolingHead(Config c) {
    int hidden = c.integer("hidden_size");
    boolean bias = c.flag("qkv_bias");
    double range = c.initial("initializer_range");
    return m ->
        m.parameter("cls_token", InitRule.ZEROS, 1, 1, hidden)
            .add("k_proj", linear(hidden, hidden, bias))
            .add("v_proj", linear(hidden, hidden, bias))
            .add("output_proj", linear(hidden, hidden))
            .init(init -> init.normal("cls_token", 0, range));
  }
}
