package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.conv1d;
import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Blocks.rmsNorm;
import static dev.tenon.skeleton.build.Sizes.product;
import static dev.tenon.skeleton.build.Sizes.whole;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.build.Rope;
import dev.tenon.skeleton.build.RopeParameters;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.Value;
import java.util.Arrays;
import java.util.List;

/** Bamba (IBM 2024): Mamba-2 layers (Dao and Gu 2024) with attention in a few of them. */
public final class Bamba implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 128000,
          "hidden_size", 4096,
          "intermediate_size", 14336,
          "num_hidden_layers", 32,
          "num_attention_heads", 32,
          "num_key_value_heads", 8,
          "initializer_range", 0.02,
          "pad_token_id", 0,
          "max_position_embeddings", 262144,
          "mamba_n_heads", 128,
          "mamba_n_groups", 1,
          "mamba_d_state", 256,
          "mamba_d_conv", 4,
          "mamba_expand", 2,
          "mamba_conv_bias", true,
          "mamba_proj_bias", false,
          "attention_bias", false,
          "mlp_bias", false,
          "tie_word_embeddings", false);

  /**
   * Where torch's logarithm (MKL's, half a unit and a little off) is not the nearest float32, for
   * whole numbers to 1024.
   */
  private static final int[] ROUNDED_UP = {7, 47, 49, 402, 434, 858};

  private static final int[] ROUNDED_DOWN = {179, 337, 429, 716, 721, 730, 795};

  @Override
  public String modelType() {
    return "bamba";
  }

  @Override
  public List<Architecture> architectures() {
    Classes bamba = new Classes("Bamba", "model", c -> c.withDefaults(DEFAULTS));
    return List.of(
        bamba.of("Model", Bamba::model),
        bamba.of("ForCausalLM", c -> Heads.causalLm(c, "model", model(c))));
  }

  private static Block model(Config c) {
    int hidden = c.integer("hidden_size");
    List<Integer> attention = c.integers("attn_layer_indices");
    return m ->
        m.model(c)
            .add("embed_tokens", embedding(c.integer("vocab_size"), hidden, Llama.padding(c)))
            .repeat("layers", c.integer("num_hidden_layers"), i -> layer(c, attention.contains(i)))
            .add("final_layernorm", rmsNorm(hidden))
            .add("rotary_emb", rotary(c));
  }

  /** Half of every head rotates, whatever the config says beside {@code rope_parameters}. */
  private static Block rotary(Config c) {
    RopeParameters rope = RopeParameters.of(c.with("partial_rotary_factor", 0.5), 10000);
    int head = Llama.headDim(c);
    return Rope.rotary(rope, head, whole(head * rope.partial()));
  }

  private static Block layer(Config c, boolean attention) {
    int hidden = c.integer("hidden_size");
    Block mlp = Llama.gatedMlp(hidden, c.integer("intermediate_size"), c.flag("mlp_bias"));
    return m ->
        m.add("feed_forward", mlp)
            .add("input_layernorm", rmsNorm(hidden))
            .add("pre_ff_layernorm", rmsNorm(hidden))
            .addIf(!attention, "mamba", mixer(c))
            .addIf(attention, "self_attn", Llama.attention(c, c.flag("attention_bias")));
  }

  /** A selective state space: its decays start at 1, 2, … heads, as logarithms. */
  private static Block mixer(Config c) {
    int heads = c.integer("mamba_n_heads");
    int hidden = c.integer("hidden_size");
    int wide = product(c.integer("mamba_expand"), hidden);
    int convolved = wide + product(2, c.integer("mamba_n_groups"), c.integer("mamba_d_state"));
    int kernel = c.integer("mamba_d_conv");
    boolean bias = c.flag("mamba_proj_bias");
    Value decays = Value.vector(heads, i -> torchLog((int) i + 1));
    return m ->
        m.parameter("dt_bias", heads)
            .parameter("A_log", heads)
            .parameter("D", heads)
            .add(
                "conv1d",
                conv1d(convolved, convolved, kernel, convolved, c.flag("mamba_conv_bias")))
            .add("in_proj", linear(hidden, wide + convolved + heads, bias))
            .add("norm", rmsNorm(wide))
            .add("out_proj", linear(wide, hidden, bias))
            .init(
                init ->
                    init.rule("dt_bias", InitRule.ONES)
                        .copy("A_log", decays)
                        .rule("D", InitRule.ONES));
  }

  /** The natural logarithm in float32, as torch computes it. */
  private static float torchLog(int x) {
    float nearest = (float) Math.log(x);
    if (Arrays.binarySearch(ROUNDED_UP, x) >= 0) {
      return Math.nextUp(nearest);
    }
    return Arrays.binarySearch(ROUNDED_DOWN, x) >= 0 ? Math.nextDown(nearest) : nearest;
  }
}
