package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Sizes.product;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Blocks;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.init.InitRule;
import java.util.List;

/** BEiT (Bao et al. 2021): ViT with relative positions and scaled residuals. */
public final class Beit implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size",
          8192,
          "hidden_size",
          768,
          "num_hidden_layers",
          12,
          "num_attention_heads",
          12,
          "intermediate_size",
          3072,
          "initializer_range",
          0.02,
          "image_size",
          224,
          "patch_size",
          16,
          "num_channels",
          3,
          "use_mask_token",
          false,
          "use_absolute_position_embeddings",
          false,
          "use_relative_position_bias",
          false,
          "use_shared_relative_position_bias",
          false,
          "layer_scale_init_value",
          0.1,
          "use_mean_pooling",
          true,
          "pool_scales",
          List.of(1, 2, 3, 6),
          "use_auxiliary_head",
          true,
          "auxiliary_channels",
          256,
          "auxiliary_num_convs",
          1,
          "auxiliary_concat_input",
          false,
          "add_fpn",
          false);

  @Override
  public String modelType() {
    return "beit";
  }

  @Override
  public List<Architecture> architectures() {
    Classes beit = new Classes("Beit", "beit", c -> c.withDefaults(DEFAULTS));
    return List.of(
            beit.of("Model", c -> model(c, true)),
            beit.of("ForMaskedImageModeling", Beit::maskedImage),
            beit.of(
                "ForImageClassification",
                c -> Vision.classified(c, "beit", model(c, true), c.integer("hidden_size"))),
            beit.of("ForSemanticSegmentation", Beit::segmentation),
            beit.of("Backbone", Beit::backbone))
        .stream()
        .map(architecture -> architecture.ignoreUnexpected(".*relative_position_index.*"))
        .toList();
  }

  private static Block model(Config c, boolean pooler) {
    int hidden = c.integer("hidden_size");
    boolean mean = c.flag("use_mean_pooling");
    boolean shared = c.flag("use_shared_relative_position_bias");
    return m ->
        m.model(c)
            .with(Vision.spellings())
            .rename("encoder.relative_position_bias", "shared_position_bias")
            .rename(
                "attention.attention.relative_position_bias.relative_position_bias_table",
                "relative_position_bias.relative_position_bias_table")
            .add("embeddings", embeddings(c))
            .addIf(shared, "shared_position_bias", relativePositions(c))
            .repeat("layers", c.integer("num_hidden_layers"), i -> layer(c))
            .addIf(!mean, "layernorm", layerNorm(hidden))
            .addIf(
                pooler, "pooler", mean ? p -> p.add("layernorm", layerNorm(hidden)) : Blocks.EMPTY);
  }

  private static Block embeddings(Config c) {
    int hidden = c.integer("hidden_size");
    return m -> {
      m.parameter("cls_token", InitRule.ZEROS, 1, 1, hidden);
      if (c.flag("use_mask_token")) {
        m.parameter("mask_token", InitRule.ZEROS, 1, 1, hidden);
      }
      if (c.flag("use_absolute_position_embeddings")) {
        m.parameter("position_embeddings", InitRule.ZEROS, 1, Vision.patches(c) + 1, hidden);
      }
      m.add("patch_embeddings", Vision.patchEmbeddings(c));
    };
  }

  /** One bias a head for every distance between two patches, and three for the class token. */
  private static Block relativePositions(Config c) {
    Vision.Size image = Vision.Size.of(c, "image_size");
    Vision.Size patch = Vision.Size.of(c, "patch_size");
    int high = image.height() / patch.height();
    int wide = image.width() / patch.width();
    int distances = product(product(2, high) - 1, product(2, wide) - 1) + 3;
    return m ->
        m.parameter(
            "relative_position_bias_table",
            InitRule.ZEROS,
            distances,
            c.integer("num_attention_heads"));
  }

  private static Block layer(Config c) {
    double scale = c.number("layer_scale_init_value");
    int hidden = c.integer("hidden_size");
    return Vision.layer(c, Vision.attention(c, true, false, true))
        .then(
            m -> {
              if (scale > 0) {
                m.parameter("lambda_1", new InitRule.Constant(scale), hidden);
                m.parameter("lambda_2", new InitRule.Constant(scale), hidden);
              }
              m.addIf(
                  c.flag("use_relative_position_bias"),
                  "relative_position_bias",
                  relativePositions(c));
            });
  }

  private static Block maskedImage(Config c) {
    int hidden = c.integer("hidden_size");
    return m ->
        m.model(c)
            .add("beit", model(c, false))
            .add("layernorm", layerNorm(hidden))
            .add("lm_head", linear(hidden, c.integer("vocab_size")));
  }

  private static Block backbone(Config c) {
    return m ->
        m.model(c)
            .with(Segmentation.pyramidSpellings())
            .rename("^encoder\\.layer\\.", "beit.encoder.layer.")
            .rename("^embeddings\\.", "beit.embeddings.")
            .add("beit", model(c, false))
            .addIf(c.flag("add_fpn"), "fpn", Segmentation.pyramid(c.integer("hidden_size")));
  }

  private static Block segmentation(Config c) {
    return m ->
        m.model(c)
            .with(Segmentation.headSpellings())
            .with(Segmentation.pyramidSpellings())
            .add("beit", model(c, false))
            .add("fpn", Segmentation.pyramid(c.integer("hidden_size")))
            .add("decode_head", Segmentation.uperHead(c))
            .addIf(c.flag("use_auxiliary_head"), "auxiliary_head", Segmentation.fcnHead(c));
  }
}
