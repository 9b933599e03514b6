package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.conv2d;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Sizes.product;
import static dev.tenon.skeleton.build.Sizes.whole;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Blocks;

/**
 * RT-DETR's hybrid encoder: attention within the coarsest levels, then convolutions that fuse
 * levels downwards and upwards.
 */
final class RtDetrV2Encoder {
  private static final int REP_BLOCKS = 3;

  private RtDetrV2Encoder() {}

  static Block model(Config c) {
    int hidden = c.integer("encoder_hidden_dim");
    int stages = c.integers("encoder_in_channels").size() - 1;
    int attended = c.integers("encode_proj_layers").size();
    Block attention = m -> m.repeat("layers", c.integer("encoder_layers"), i -> layer(c));
    return m ->
        m.model(c)
            .repeat("aifi", attended, i -> attention)
            .repeat("lateral_convs", stages, i -> convolution(c, hidden, hidden, 1))
            .repeat("fpn_blocks", stages, i -> fusion(c))
            .repeat("downsample_convs", stages, i -> convolution(c, hidden, hidden, 3))
            .repeat("pan_blocks", stages, i -> fusion(c));
  }

  private static Block layer(Config c) {
    int hidden = c.integer("encoder_hidden_dim");
    return m ->
        m.add("self_attn", RtDetrV2Decoder.attention(hidden))
            .add("self_attn_layer_norm", layerNorm(hidden))
            .add("mlp", Vision.mlp(hidden, c.integer("encoder_ffn_dim")))
            .add("final_layer_norm", layerNorm(hidden));
  }

  /** Two levels in, one out: a cross-stage partial layer of re-parametrisable blocks. */
  private static Block fusion(Config c) {
    int out = c.integer("encoder_hidden_dim");
    int inner = whole(out * c.number("hidden_expansion"));
    Block block =
        m ->
            m.add("conv1", convolution(c, inner, inner, 3))
                .add("conv2", convolution(c, inner, inner, 1));
    return m ->
        m.add("conv1", convolution(c, product(2, out), inner, 1))
            .add("conv2", convolution(c, product(2, out), inner, 1))
            .repeat("bottlenecks", REP_BLOCKS, i -> block)
            .addIf(inner != out, "conv3", convolution(c, inner, out, 1));
  }

  private static Block convolution(Config c, int in, int out, int kernel) {
    return m ->
        m.add("conv", conv2d(in, out, kernel, kernel, 1, false)).add("norm", batchNorm(c, out));
  }

  /** A batch norm whose weight starts near 0, not at 1: every one outside the backbone. */
  static Block batchNorm(Config c, int dim) {
    double range = c.initial("initializer_range");
    return Blocks.batchNorm(dim).then(m -> m.init(init -> init.normal("weight", 0, range)));
  }
}
