package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.batchNorm;
import static dev.tenon.skeleton.build.Blocks.conv2d;
import static dev.tenon.skeleton.build.Sizes.few;
import static dev.tenon.skeleton.build.Sizes.product;
import static dev.tenon.skeleton.build.Sizes.whole;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Block;
import java.util.ArrayList;
import java.util.List;

/**
 * EfficientNet (Tan and Le 2019): depthwise convolutions between two pointwise ones, with squeezed
 * attention over channels; width and depth scale by a factor each.
 *
 * @param c its config, with {@link #DEFAULTS}
 */
record EfficientNet(Config c) {
  /** The B7 variant. */
  static final Config DEFAULTS =
      Config.defaults(
          "num_channels",
          3,
          "width_coefficient",
          2.0,
          "depth_coefficient",
          3.1,
          "depth_divisor",
          8,
          "kernel_sizes",
          List.of(3, 3, 5, 3, 5, 5, 3),
          "in_channels",
          List.of(32, 16, 24, 40, 80, 112, 192),
          "out_channels",
          List.of(16, 24, 40, 80, 112, 192, 320),
          "num_block_repeats",
          List.of(1, 2, 2, 3, 3, 4, 1),
          "expand_ratios",
          List.of(1, 6, 6, 6, 6, 6, 6),
          "squeeze_expansion_ratio",
          0.25,
          "initializer_range",
          0.02);

  private static final int STEM = 32;

  /** A stem and all blocks; the pool after them has no tensors. */
  Block model() {
    int width = scaled(STEM);
    Block stem =
        m ->
            m.add("convolution", conv2d(c.integer("num_channels"), width, 3, 3, 1, false))
                .add("batchnorm", batchNorm(width));
    return m -> m.model(c).add("embeddings", stem).add("encoder", e -> e.list("blocks", blocks()));
  }

  private List<Block> blocks() {
    List<Integer> inputs = c.integers("in_channels");
    List<Integer> outputs = c.integers("out_channels");
    List<Integer> repeats = c.integers("num_block_repeats");
    List<Integer> ratios = c.integers("expand_ratios");
    List<Integer> kernels = c.integers("kernel_sizes");
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      int out = scaled(outputs.get(i));
      int count = few(whole(Math.ceil(c.number("depth_coefficient") * repeats.get(i))));
      for (int j = 0; j < count; j++) {
        int in = j == 0 ? scaled(inputs.get(i)) : out;
        blocks.add(block(in, out, ratios.get(i), kernels.get(i)));
      }
    }
    return blocks;
  }

  private Block block(int in, int out, int ratio, int kernel) {
    int wide = product(in, ratio);
    int squeezed = Math.max(1, whole(in * c.number("squeeze_expansion_ratio")));
    return m ->
        m.addIf(ratio != 1, "expansion", normalized("expand", "bn", pointwise(in, wide), wide))
            .add("depthwise_conv", normalized("depthwise", "norm", depthwise(wide, kernel), wide))
            .add(
                "squeeze_excite",
                s ->
                    s.add("reduce", conv2d(wide, squeezed, 1))
                        .add("expand", conv2d(squeezed, wide, 1)))
            .add("projection", normalized("project", "bn", pointwise(wide, out), out));
  }

  private static Block pointwise(int in, int out) {
    return conv2d(in, out, 1, 1, 1, false);
  }

  private static Block depthwise(int width, int kernel) {
    return conv2d(width, width, kernel, kernel, width, false);
  }

  private static Block normalized(String name, String norm, Block convolution, int width) {
    return m -> m.add(name + "_conv", convolution).add(name + "_" + norm, batchNorm(width));
  }

  /** Channels times the width factor, a multiple of the divisor, at most a tenth below. */
  private int scaled(int channels) {
    int divisor = c.integer("depth_divisor");
    double wanted = channels * c.number("width_coefficient");
    int rounded = Math.max(divisor, product(whole(wanted + divisor / 2.0) / divisor, divisor));
    return rounded < 0.9 * wanted ? rounded + divisor : rounded;
  }
}
