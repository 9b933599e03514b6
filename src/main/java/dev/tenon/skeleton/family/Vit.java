package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.conv2d;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Sizes.product;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.init.InitRule;
import java.util.List;

/** ViT (Dosovitskiy et al. 2020): an encoder over image patches and a class token. */
public final class Vit implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "hidden_size", 768,
          "num_hidden_layers", 12,
          "num_attention_heads", 12,
          "intermediate_size", 3072,
          "initializer_range", 0.02,
          "image_size", 224,
          "patch_size", 16,
          "num_channels", 3,
          "qkv_bias", true,
          "encoder_stride", 16);

  @Override
  public String modelType() {
    return "vit";
  }

  @Override
  public List<Architecture> architectures() {
    Classes vit = new Classes("ViT", "vit", c -> c.withDefaults(DEFAULTS));
    return List.of(
        vit.of("Model", c -> model(c, true, false)),
        vit.of("ForMaskedImageModeling", Vit::maskedImage),
        vit.of(
            "ForImageClassification",
            c -> Vision.classified(c, "vit", model(c, false, false), c.integer("hidden_size"))));
  }

  private static Block model(Config c, boolean pooler, boolean maskToken) {
    int hidden = c.integer("hidden_size");
    Block layer = Vision.layer(c, Vision.attention(c));
    return m ->
        m.model(c)
            .with(Vision.spellings())
            .add("embeddings", embeddings(c, maskToken))
            .repeat("layers", c.integer("num_hidden_layers"), i -> layer)
            .add("layernorm", layerNorm(hidden))
            .addIf(pooler, "pooler", p -> p.add("dense", linear(hidden, pooled(c))));
  }

  /** {@code pooler_output_size}, or the hidden size where it is null or 0. */
  private static int pooled(Config c) {
    int size = c.integer("pooler_output_size", 0);
    return size == 0 ? c.integer("hidden_size") : size;
  }

  private static Block embeddings(Config c, boolean maskToken) {
    int hidden = c.integer("hidden_size");
    InitRule normal = new InitRule.Normal(0, 1);
    return m -> {
      m.parameter("cls_token", normal, 1, 1, hidden);
      if (maskToken) {
        m.parameter("mask_token", InitRule.ZEROS, 1, 1, hidden);
      }
      m.parameter("position_embeddings", normal, 1, Vision.patches(c) + 1, hidden);
      m.add("patch_embeddings", Vision.patchEmbeddings(c));
      m.init(
          init ->
              init.rule("position_embeddings", Vision.truncated(c))
                  .rule("cls_token", Vision.truncated(c))
                  .ifPresent("mask_token", InitRule.ZEROS));
    };
  }

  private static Block maskedImage(Config c) {
    int stride = c.integer("encoder_stride");
    int pixels = product(stride, stride, c.integer("num_channels"));
    return m ->
        m.model(c)
            .add("vit", model(c, false, true))
            .add("decoder", d -> d.add("0", conv2d(c.integer("hidden_size"), pixels, 1)));
  }
}
