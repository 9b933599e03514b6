package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.conv1d;
import static dev.tenon.skeleton.build.Blocks.convTranspose1d;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.lstm;
import static dev.tenon.skeleton.build.Sizes.few;
import static dev.tenon.skeleton.build.Sizes.product;
import static dev.tenon.skeleton.build.Sizes.whole;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Blocks;
import dev.tenon.skeleton.build.DefaultRules;
import dev.tenon.skeleton.build.Module;
import dev.tenon.skeleton.build.Sizes;
import dev.tenon.skeleton.init.Fans;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.Value;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * EnCodec (Défossez et al. 2022): convolutions and an LSTM to codes and back, with residual vector
 * quantisation between.
 *
 * <p>The reference draws the product of a weight-normalised convolution, not its two factors, and
 * so loses what it drew, loaded or not. Here the same numbers are drawn, which keeps all later ones
 * the same, and factors no file holds are zero, where the reference leaves whatever memory held:
 * their constructor draws them too, which would change all later numbers, and a codec is of use
 * only when loaded.
 *
 * @param c its config, with defaults
 */
record Encodec(Config c) {
  private static final Config DEFAULTS =
      Config.defaults(
          "target_bandwidths", List.of(1.5, 3.0, 6.0, 12.0, 24.0),
          "sampling_rate", 24000,
          "audio_channels", 1,
          "hidden_size", 128,
          "num_filters", 32,
          "num_residual_layers", 1,
          "upsampling_ratios", List.of(8, 5, 4, 2),
          "norm_type", "weight_norm",
          "kernel_size", 7,
          "last_kernel_size", 7,
          "residual_kernel_size", 3,
          "dilation_growth_rate", 2,
          "compress", 2,
          "num_lstm_layers", 2,
          "codebook_size", 1024,
          "use_conv_shortcut", true);

  private static final InitRule HE = new InitRule.KaimingNormal(Math.sqrt(2), Fans.Mode.FAN_IN);

  /** The factor that has the product's shape. */
  private static final String DIRECTION = "parametrizations.weight.original1";

  /** The fields that are absent get the reference's defaults. */
  static Block model(Config c) {
    return new Encodec(c.withDefaults(DEFAULTS)).model();
  }

  private Block model() {
    return m ->
        m.model(c)
            .add("encoder", e -> e.list("layers", encoder()))
            .add("decoder", d -> d.list("layers", decoder()))
            .add("quantizer", q -> q.repeat("layers", quantizers(), i -> quantizer()));
  }

  private List<Block> encoder() {
    List<Integer> ratios = new ArrayList<>(c.integers("upsampling_ratios"));
    Collections.reverse(ratios);
    int width = c.integer("num_filters");
    List<Block> layers = new ArrayList<>();
    layers.add(convolution(c.integer("audio_channels"), width, c.integer("kernel_size"), 1, 1));
    for (int ratio : ratios) {
      residuals(layers, width);
      layers.add(Blocks.EMPTY);
      layers.add(convolution(width, product(2, width), product(2, ratio), ratio, 1));
      width = product(2, width);
    }
    layers.add(recurrent(width));
    layers.add(Blocks.EMPTY);
    layers.add(convolution(width, c.integer("hidden_size"), c.integer("last_kernel_size"), 1, 1));
    return layers;
  }

  private List<Block> decoder() {
    List<Integer> ratios = c.integers("upsampling_ratios");
    int width = product(c.integer("num_filters"), whole(Math.scalb(1.0, ratios.size())));
    List<Block> layers = new ArrayList<>();
    layers.add(convolution(c.integer("hidden_size"), width, c.integer("kernel_size"), 1, 1));
    layers.add(recurrent(width));
    for (int ratio : ratios) {
      layers.add(Blocks.EMPTY);
      layers.add(transposed(width, width / 2, product(2, ratio)));
      width /= 2;
      residuals(layers, width);
    }
    layers.add(Blocks.EMPTY);
    layers.add(
        convolution(width, c.integer("audio_channels"), c.integer("last_kernel_size"), 1, 1));
    return layers;
  }

  private Block recurrent(int width) {
    return m -> m.add("lstm", lstm(width, width, c.integer("num_lstm_layers")));
  }

  /** Residual blocks whose dilation grows from one to the next; activations have no tensors. */
  private void residuals(List<Block> layers, int width) {
    int hidden = width / c.integer("compress");
    int kernel = c.integer("residual_kernel_size");
    int dilation = 1;
    for (int i = 0; i < few(c.integer("num_residual_layers")); i++) {
      Block first = convolution(width, hidden, kernel, 1, dilation);
      Block second = convolution(hidden, width, 1, 1, 1);
      Block shortcut = convolution(width, width, 1, 1, 1);
      layers.add(
          m ->
              m.list("block", List.of(Blocks.EMPTY, first, Blocks.EMPTY, second))
                  .addIf(c.flag("use_conv_shortcut"), "shortcut", shortcut));
      dilation = product(dilation, c.integer("dilation_growth_rate"));
    }
  }

  /** A padded convolution, and the numbers its padding is computed from. */
  private Block convolution(int in, int out, int kernel, int stride, int dilation) {
    int span = product(kernel - 1, dilation) + 1;
    double bound = Math.sqrt(1.0 / product(in, kernel));
    Shape weight = Shape.of(out, in, kernel);
    InitRule bias = new InitRule.Uniform(-bound, bound);
    return normalized(conv1d(in, out, kernel, 1, true), weight, out, bias)
        .then(number("stride", stride))
        .then(number("kernel_size", span))
        .then(number("padding_total", span - stride));
  }

  private Block transposed(int in, int out, int kernel) {
    Shape weight = Shape.of(in, out, kernel);
    return normalized(convTranspose1d(in, out, kernel), weight, out, null);
  }

  private static Block number(String name, long number) {
    return m -> m.buffer(name, false, DType.I64, Value.zeros(DType.I64).plus(number));
  }

  /**
   * A convolution and its norm.
   *
   * @param bias what the bias gets where the weight is drawn a second time after the default rules;
   *     null where neither is
   */
  private Block normalized(Block convolution, Shape weight, int out, @Nullable InitRule bias) {
    if (c.string("norm_type").equals("time_group_norm")) {
      Block again = m -> m.init(init -> init.rule("weight", HE).rule("bias", bias));
      Block drawn = bias == null ? convolution : convolution.then(again);
      return m -> m.add("conv", drawn).add("norm", layerNorm(out));
    }
    InitRule normal = new InitRule.Normal(0, DefaultRules.of(c).std());
    Block again = m -> m.init(init -> init.always(DIRECTION, HE).rule("bias", bias));
    Block drawn =
        factors(weight, out)
            .then(m -> m.init(init -> init.always(DIRECTION, normal).zeros("bias")))
            .then(bias == null ? Blocks.EMPTY : again)
            .then(m -> m.init(init -> init.zeros(DIRECTION)));
    return m -> m.add("conv", drawn);
  }

  /** A weight as length [first, 1, 1] and direction (Salimans and Kingma 2016). */
  private static Block factors(Shape weight, int out) {
    return m ->
        m.parameter("bias", InitRule.ZEROS, out)
            .add(
                "parametrizations",
                p ->
                    p.add(
                        "weight",
                        w ->
                            w.parameter("original0", InitRule.ZEROS, weight.dim(0), 1, 1)
                                .parameter(
                                    "original1",
                                    InitRule.ZEROS,
                                    weight.dim(0),
                                    weight.dim(1),
                                    weight.dim(2))));
  }

  /** As many as the highest bandwidth allows, each of log₂(codebook size) bits a frame. */
  private int quantizers() {
    int hop = c.integers("upsampling_ratios").stream().reduce(1, Sizes::product);
    int frames = (c.integer("sampling_rate") + hop - 1) / hop;
    int bits = 32 - Integer.numberOfLeadingZeros(c.integer("codebook_size") - 1);
    List<Double> bandwidths = c.numbers("target_bandwidths");
    double most = 1000 * bandwidths.get(bandwidths.size() - 1);
    return whole(Math.floor(most / product(frames, bits)));
  }

  private Block quantizer() {
    int size = c.integer("codebook_size");
    int dim = c.integer("codebook_dim", c.integer("hidden_size"));
    return m -> m.add("codebook", b -> codebook(b, size, dim));
  }

  private static void codebook(Module m, int size, int dim) {
    m.buffer("inited", true, DType.F32, Value.ones(DType.F32, 1), 1);
    m.buffer("cluster_size", true, DType.F32, Value.zeros(DType.F32, size), size);
    m.buffer("embed", true, DType.F32, Value.zeros(DType.F32, size, dim), size, dim);
    m.buffer("embed_avg", true, DType.F32, Value.zeros(DType.F32, size, dim), size, dim);
  }
}
