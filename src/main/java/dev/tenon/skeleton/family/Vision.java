package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.conv2d;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Sizes.product;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.init.InitRule;

/** What the vision transformers share: patches, attention with its own biases, two-layer MLP. */
final class Vision {
  private Vision() {}

  /** The size of a square or a rectangle: one number, or height and width. */
  record Size(int height, int width) {
    static Size of(Config c, String field) {
      if (c.isList(field)) {
        return new Size(c.integers(field).get(0), c.integers(field).get(1));
      }
      return new Size(c.integer(field), c.integer(field));
    }
  }

  /** How many patches an image is cut into. */
  static int patches(Config c) {
    Size image = Size.of(c, "image_size");
    Size patch = Size.of(c, "patch_size");
    return product(image.width / patch.width, image.height / patch.height);
  }

  /** A convolution whose stride is its kernel. */
  static Block patchEmbeddings(Config c) {
    Size patch = Size.of(c, "patch_size");
    int channels = c.integer("num_channels");
    int hidden = c.integer("hidden_size");
    return m -> m.add("projection", conv2d(channels, hidden, patch.height, patch.width, 1, true));
  }

  /** Attention over all patches; queries, keys and values may have biases of their own. */
  static Block attention(Config c, boolean queryBias, boolean keyBias, boolean valueBias) {
    int hidden = c.integer("hidden_size");
    int heads = c.integer("num_attention_heads");
    int width = product(heads, c.integer("head_dim", hidden / heads));
    return m ->
        m.add("q_proj", linear(hidden, width, queryBias))
            .add("k_proj", linear(hidden, width, keyBias))
            .add("v_proj", linear(hidden, width, valueBias))
            .add("o_proj", linear(width, hidden));
  }

  /** As {@link #attention(Config, boolean, boolean, boolean)}, all biases by {@code qkv_bias}. */
  static Block attention(Config c) {
    boolean bias = c.flag("qkv_bias");
    return attention(c, bias, bias, bias);
  }

  /** {@code fc2(act(fc1(x)))}. */
  static Block mlp(int hidden, int intermediate) {
    return m -> m.add("fc1", linear(hidden, intermediate)).add("fc2", linear(intermediate, hidden));
  }

  /** ViT's layer: norms before attention and before the MLP. */
  static Block layer(Config c, Block attention) {
    int hidden = c.integer("hidden_size");
    return m ->
        m.add("attention", attention)
            .add("layernorm_before", layerNorm(hidden))
            .add("layernorm_after", layerNorm(hidden))
            .add("mlp", mlp(hidden, c.integer("intermediate_size")));
  }

  /** The rule of class tokens and positions: normal, cut at ±2 (not at two deviations). */
  static InitRule truncated(Config c) {
    return new InitRule.TruncatedNormal(0, c.initial("initializer_range"), -2, 2);
  }

  /** The names ViT and its kin had before version 5 of the reference. */
  static Block spellings() {
    return m ->
        m.rename("encoder\\.layer\\.", "layers.")
            .rename("attention.query", "q_proj")
            .rename("attention.key", "k_proj")
            .rename("attention.value", "v_proj")
            .rename("attention.output.dense", "attention.o_proj")
            .rename("intermediate.dense", "mlp.fc1")
            .rename("output.dense", "mlp.fc2");
  }

  /** A classifier, unless the config has no labels. */
  static Block classified(Config c, String prefix, Block base, int features) {
    return m ->
        m.model(c)
            .add(prefix, base)
            .addIf(c.labels() > 0, "classifier", linear(features, c.labels()));
  }
}
