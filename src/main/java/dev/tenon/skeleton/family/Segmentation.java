package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.batchNorm;
import static dev.tenon.skeleton.build.Blocks.conv2d;
import static dev.tenon.skeleton.build.Blocks.convTranspose2d;
import static dev.tenon.skeleton.build.Sizes.product;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Block;
import java.util.List;

/** Heads that name the class of every pixel: UPerNet (Xiao et al. 2018) and a plain FCN. */
final class Segmentation {
  private Segmentation() {}

  /** Four feature maps of different sizes from a plain transformer's. */
  static Block pyramid(int hidden) {
    return m ->
        m.add(
                "fpn1",
                up ->
                    up.add("conv_transpose1", convTranspose2d(hidden, hidden, 2))
                        .add("normalization", batchNorm(hidden))
                        .add("conv_transpose2", convTranspose2d(hidden, hidden, 2)))
            .add("fpn2", convTranspose2d(hidden, hidden, 2));
  }

  /** The names the pyramid had as two lists beside the model. */
  static Block pyramidSpellings() {
    return m ->
        m.rename("^fpn1\\.0\\.", "fpn.fpn1.conv_transpose1.")
            .rename("^fpn1\\.1\\.", "fpn.fpn1.normalization.")
            .rename("^fpn1\\.3\\.", "fpn.fpn1.conv_transpose2.")
            .rename("^fpn2\\.0\\.", "fpn.fpn2.");
  }

  /** The names the heads' layers had; a pooling module was a list of two. */
  static Block headSpellings() {
    return m ->
        m.rename("(?<!psp_modules\\.[0-9]\\.1\\.)bn\\.", "normalization.")
            .rename("(?<!psp_modules\\.[0-9]\\.1\\.)conv\\.weight", "convolution.weight")
            .rename("decode_head.bottleneck.", "decode_head.psp_bottleneck.")
            .rename(
                "decode_head\\.psp_modules\\.(\\d+)\\.1\\.conv\\.weight",
                "decode_head.psp_modules.blocks.$1.conv.convolution.weight")
            .rename(
                "decode_head\\.psp_modules\\.(\\d+)\\.1\\.bn\\.",
                "decode_head.psp_modules.blocks.$1.conv.normalization.");
  }

  static Block uperHead(Config c) {
    int hidden = c.integer("hidden_size");
    List<Integer> scales = c.integers("pool_scales");
    Block pooled = m -> m.add("conv", normalized(hidden, hidden, 1));
    Block pools = m -> m.repeat("blocks", scales.size(), i -> pooled);
    return m ->
        m.add("classifier", conv2d(hidden, c.labels(), 1))
            .add("psp_modules", pools)
            .add("psp_bottleneck", normalized(product(1 + scales.size(), hidden), hidden, 3))
            .repeat("lateral_convs", 3, i -> normalized(hidden, hidden, 1))
            .repeat("fpn_convs", 3, i -> normalized(hidden, hidden, 3))
            .add("fpn_bottleneck", normalized(product(4, hidden), hidden, 3));
  }

  static Block fcnHead(Config c) {
    int hidden = c.integer("hidden_size");
    int channels = c.integer("auxiliary_channels");
    return m ->
        m.repeat(
                "convs",
                c.integer("auxiliary_num_convs"),
                i -> normalized(i == 0 ? hidden : channels, channels, 3))
            .addIf(
                c.flag("auxiliary_concat_input"),
                "conv_cat",
                normalized(hidden + channels, channels, 3))
            .add("classifier", conv2d(channels, c.labels(), 1));
  }

  private static Block normalized(int in, int out, int kernel) {
    return m ->
        m.add("convolution", conv2d(in, out, kernel, kernel, 1, false))
            .add("normalization", batchNorm(out));
  }
}
