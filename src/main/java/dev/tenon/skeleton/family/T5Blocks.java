package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Blocks.rmsNorm;
import static dev.tenon.skeleton.build.Sizes.product;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Init;

/**
 * The layers of T5. Every linear layer is drawn a second time with a standard deviation of {@code
 * initializer_factor / √fan}, where the fan counts what makes dot products of size one without a
 * scale.
 */
final class T5Blocks {
  private T5Blocks() {}

  /** {@code initializer_factor}, the scale of all initial values. */
  static double factor(Config c) {
    return c.initial("initializer_factor");
  }

  static double scaled(Config c, double fan) {
    return factor(c) * Math.pow(fan, -0.5);
  }

  /** An encoder, or a decoder if {@code is_decoder}: words, blocks and a norm. */
  static Block stack(Config c) {
    return m ->
        m.model(c)
            .add("embed_tokens", embedding(c.integer("vocab_size"), c.integer("d_model")))
            .repeat("block", c.integer("num_layers"), i -> block(c, i == 0))
            .add("final_layer_norm", norm(c));
  }

  private static Block block(Config c, boolean first) {
    boolean decoder = c.flag("is_decoder", false);
    Block layers =
        m -> {
          m.add("0", normed(c, "SelfAttention", attention(c, first)));
          if (decoder) {
            m.add("1", normed(c, "EncDecAttention", attention(c, false)));
          }
          m.add(decoder ? "2" : "1", normed(c, "DenseReluDense", feedForward(c)));
        };
    return m -> m.add("layer", layers);
  }

  private static Block normed(Config c, String name, Block layer) {
    return m -> m.add(name, layer).add("layer_norm", norm(c));
  }

  private static Block norm(Config c) {
    return rmsNorm(c.integer("d_model"))
        .then(m -> m.init(init -> init.constant("weight", factor(c))));
  }

  private static Block attention(Config c, boolean biased) {
    int width = c.integer("d_model");
    int keys = c.integer("d_kv");
    int heads = c.integer("num_heads");
    int inner = product(heads, keys);
    int buckets = c.integer("relative_attention_num_buckets");
    return m ->
        m.add("q", linear(width, inner, false))
            .add("k", linear(width, inner, false))
            .add("v", linear(width, inner, false))
            .add("o", linear(inner, width, false))
            .addIf(biased, "relative_attention_bias", embedding(buckets, heads))
            .init(
                init -> {
                  init.normal("q.weight", 0, scaled(c, (double) width * keys))
                      .normal("k.weight", 0, scaled(c, width))
                      .normal("v.weight", 0, scaled(c, width))
                      .normal("o.weight", 0, scaled(c, inner));
                  if (biased) {
                    init.normal("relative_attention_bias.weight", 0, scaled(c, width));
                  }
                });
  }

  private static Block feedForward(Config c) {
    int width = c.integer("d_model");
    int wide = c.integer("d_ff");
    boolean gated = gated(c);
    Block in = linear(width, wide, false);
    Block layers = gated ? m -> m.add("wi_0", in).add("wi_1", in) : m -> m.add("wi", in);
    return layers.then(
        m ->
            m.add("wo", linear(wide, width, false))
                .init(
                    init ->
                        drawIn(init, gated, scaled(c, width))
                            .normal("wo.weight", 0, scaled(c, wide))));
  }

  private static Init drawIn(Init init, boolean gated, double std) {
    return gated
        ? init.normal("wi_0.weight", 0, std).normal("wi_1.weight", 0, std)
        : init.normal("wi.weight", 0, std);
  }

  /** What {@code feed_forward_proj} says, unless a saved config spells it out. */
  private static boolean gated(Config c) {
    return c.mentions("is_gated_act")
        ? c.flag("is_gated_act", false)
        : c.string("feed_forward_proj").split("-")[0].equals("gated");
  }
}
