package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Sizes.product;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Init;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.Value;
import dev.tenon.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** RT-DETRv2's decoder: queries look at each other, and at a few sampled points of each level. */
final class RtDetrV2Decoder {
  private RtDetrV2Decoder() {}

  static Block model(Config c) {
    int hidden = c.integer("d_model");
    return m ->
        m.model(c)
            .repeat("layers", c.integer("decoder_layers"), i -> layer(c))
            .add("query_pos_head", mlp(List.of(4, product(2, hidden), hidden)));
  }

  private static Block layer(Config c) {
    int hidden = c.integer("d_model");
    return m ->
        m.add("self_attn", attention(hidden))
            .add("self_attn_layer_norm", layerNorm(hidden))
            .add("encoder_attn", deformableAttention(c))
            .add("encoder_attn_layer_norm", layerNorm(hidden))
            .add("mlp", Vision.mlp(hidden, c.integer("decoder_ffn_dim")))
            .add("final_layer_norm", layerNorm(hidden));
  }

  /** Attention whose parts are registered as keys, values, queries. */
  static Block attention(int hidden) {
    return m ->
        m.add("k_proj", linear(hidden, hidden))
            .add("v_proj", linear(hidden, hidden))
            .add("q_proj", linear(hidden, hidden))
            .add("o_proj", linear(hidden, hidden));
  }

  /** Linear layers from each width to the next. */
  static Block mlp(List<Integer> widths) {
    List<Block> layers = new ArrayList<>();
    for (int i = 1; i < widths.size(); i++) {
      layers.add(linear(widths.get(i - 1), widths.get(i)));
    }
    return m -> m.list("layers", layers);
  }

  /**
   * Deformable attention over several levels (Zhu et al. 2020): each head and level samples a few
   * points at learned offsets.
   */
  private static Block deformableAttention(Config c) {
    int hidden = c.integer("d_model");
    int heads = c.integer("decoder_attention_heads");
    int points = c.integer("decoder_n_points");
    int levels = c.integer("decoder_n_levels");
    int samples = product(heads, levels, points);
    Value scale = Value.vector(product(levels, points), i -> 1.0 / points);
    return m ->
        m.fixedBuffer("n_points_scale", true, DType.F32, scale, (long) levels * points)
            .add("sampling_offsets", linear(hidden, product(2, samples)))
            .add("attention_weights", linear(hidden, samples))
            .add("value_proj", linear(hidden, hidden))
            .add("output_proj", linear(hidden, hidden))
            .init(init -> draw(init, circle(heads, levels, points)))
            .init(init -> init.copy("n_points_scale", scale));
  }

  private static void draw(Init init, Value offsets) {
    InitRule xavier = new InitRule.XavierUniform(1);
    init.zeros("sampling_offsets.weight").copy("sampling_offsets.bias", offsets);
    init.zeros("attention_weights.weight").zeros("attention_weights.bias");
    init.rule("value_proj.weight", xavier).zeros("value_proj.bias");
    init.rule("output_proj.weight", xavier).zeros("output_proj.bias");
  }

  /**
   * Each head looks in a direction of its own, the directions spread over a circle and stretched to
   * the square around it; its {@code i}-th point stands {@code i + 1} steps away, on every level.
   */
  private static Value circle(int heads, int levels, int points) {
    Value angles = Value.arange(heads).to(DType.F32).times(2 * Math.PI / heads);
    Value directions = Value.stack(1, angles.apply(Value.Op.COS), angles.apply(Value.Op.SIN));
    Value longest = directions.apply(Value.Op.ABS).apply(Value.Op.MAX, 1);
    Value steps = Value.arange(points).plus(1).reshape(1, 1, points, 1);
    return directions
        .apply(Value.Op.DIV, longest)
        .reshape(heads, 1, 1, 2)
        .expand(heads, levels, points, 2)
        .apply(Value.Op.MUL, steps)
        .reshape(2L * heads * levels * points);
  }
}
