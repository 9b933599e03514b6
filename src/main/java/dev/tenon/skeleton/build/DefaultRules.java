package dev.tenon.skeleton.build;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.init.InitRule;

/**
 * The rules every family shares unless it says otherwise: normal weights, zero biases, unit norms.
 * Source: {@code PreTrainedModel._init_weights} of transformers 5.18.
 *
 * @param std standard deviation of weights
 */
public record DefaultRules(double std) implements InitRules {

  /**
   * The rules with the std a config asks for: {@code initializer_range} (0 or null stand for 0.02),
   * else {@code init_std}, else {@code initializer_factor}, else the text config's range, else
   * 0.02.
   */
  public static DefaultRules of(Config config) {
    return new DefaultRules(std(config));
  }

  private static double std(Config config) {
    if (config.mentions("initializer_range")) {
      double range = config.number("initializer_range", 0);
      return range == 0 ? 0.02 : range;
    } else if (config.mentions("init_std")) {
      return config.initial("init_std");
    } else if (config.mentions("initializer_factor")) {
      return config.initial("initializer_factor");
    }
    return config.text().number("initializer_range", 0.02);
  }

  @Override
  public void initialize(Module.Kind kind, Init init) {
    switch (kind) {
      case LINEAR -> {
        init.ifPresent("weight", new InitRule.Normal(0, std));
        init.ifPresent("bias", InitRule.ZEROS);
      }
      case EMBEDDING -> init.rule("weight", new InitRule.Normal(0, std));
      case LSTM ->
          init.each(name -> name.contains("weight"), new InitRule.XavierUniform(1))
              .each(name -> name.contains("bias"), InitRule.ZEROS);
      case MULTIHEAD_ATTENTION -> multihead(init);
      case NORM -> {
        init.ifPresent("weight", InitRule.ONES).ifPresent("bias", InitRule.ZEROS);
        init.ifPresent("running_mean", InitRule.ZEROS).ifPresent("running_var", InitRule.ONES);
        init.ifPresent("num_batches_tracked", InitRule.ZEROS);
      }
      case OTHER -> {}
    }
  }

  /**
   * {@code torch.nn.MultiheadAttention._reset_parameters}, after its out-projection had its turn.
   */
  private static void multihead(Init init) {
    InitRule xavier = new InitRule.XavierUniform(1);
    init.ifPresent("in_proj_weight", xavier);
    init.ifPresent("q_proj_weight", xavier);
    init.ifPresent("k_proj_weight", xavier);
    init.ifPresent("v_proj_weight", xavier);
    init.ifPresent("in_proj_bias", InitRule.ZEROS);
    init.ifPresent("out_proj.bias", InitRule.ZEROS);
    init.ifPresent("bias_k", new InitRule.XavierNormal(1));
    init.ifPresent("bias_v", new InitRule.XavierNormal(1));
  }
}
