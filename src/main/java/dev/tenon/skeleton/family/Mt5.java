package dev.tenon.skeleton.family;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Family;
import java.util.List;
import java.util.function.UnaryOperator;

/** mT5 (Xue et al. 2020): T5 over a hundred languages, with gated feed-forwards. */
public final class Mt5 implements Family {
  private static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 250112,
          "d_model", 512,
          "d_kv", 64,
          "d_ff", 1024,
          "num_layers", 8,
          "num_decoder_layers", null,
          "num_heads", 6,
          "relative_attention_num_buckets", 32,
          "initializer_factor", 1.0,
          "feed_forward_proj", "gated-gelu",
          "is_decoder", false);

  @Override
  public String modelType() {
    return "mt5";
  }

  @Override
  public List<Architecture> architectures() {
    return T5.architectures("MT5", DEFAULTS, UnaryOperator.identity());
  }
}
