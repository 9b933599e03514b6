package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Sizes.product;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.build.Module;
import dev.tenon.skeleton.init.InitRule;
import java.util.List;
import java.util.function.Function;

/**
 * Falcon (Almazrouei et al. 2023): a decoder with few key heads, whose attention and MLP may run
 * side by side behind one norm or two.
 */
public final class Falcon implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 65024,
          "hidden_size", 4544,
          "num_hidden_layers", 32,
          "num_attention_heads", 71,
          "max_position_embeddings", 2048,
          "initializer_range", 0.02,
          "multi_query", true,
          "parallel_attn", true,
          "tie_word_embeddings", true);

  private static final String NEW = "new_decoder_architecture";
  private static final String BASE = "transformer";

  @Override
  public String modelType() {
    return "falcon";
  }

  @Override
  public List<Architecture> architectures() {
    return List.of(
        of("FalconModel", Falcon::model),
        of("FalconForCausalLM", c -> Heads.causalLm(c, BASE, model(c), "word_embeddings")),
        of("FalconForSequenceClassification", c -> Heads.sequenceClassification(c, BASE, model(c))),
        of("FalconForTokenClassification", c -> Heads.classifier(c, BASE, model(c))),
        of("FalconForQuestionAnswering", c -> Heads.questionAnswering(c, BASE, model(c))));
  }

  private static Architecture of(String name, Function<Config, Block> describe) {
    return Architecture.of(name, BASE, Falcon::defaults, describe);
  }

  private static Config defaults(Config c) {
    Config named = c.withDefaults(DEFAULTS);
    return named.has("n_embed") ? named.with("hidden_size", named.integer("n_embed")) : named;
  }

  static Block model(Config c) {
    int hidden = c.integer("hidden_size");
    return m ->
        m.model(c)
            .add("word_embeddings", embedding(c.integer("vocab_size"), hidden))
            .repeat("h", c.integer("num_hidden_layers"), i -> layer(c))
            .add("ln_f", layerNorm(hidden))
            .add("rotary_emb", Llama.rotary(c, 10000));
  }

  private static Block layer(Config c) {
    int hidden = c.integer("hidden_size");
    int intermediate = c.integer("ffn_hidden_size", product(4, hidden));
    boolean bias = c.flag("bias", false);
    Block attention = GptNeoX.attention(hidden, fused(c), bias).then(drawnTwice(c));
    Block mlp = GptNeoX.mlp(hidden, intermediate, bias).then(drawnTwice(c));
    Block layer = m -> m.add("self_attention", attention).add("mlp", mlp);
    return layer.then(norms(c));
  }

  private static Block norms(Config c) {
    Block norm = layerNorm(c.integer("hidden_size"));
    int count = c.integer("num_ln_in_parallel_attn", c.flag(NEW, false) ? 2 : 1);
    if (!c.flag("parallel_attn", false)) {
      return m -> m.add("post_attention_layernorm", norm).add("input_layernorm", norm);
    } else if (count == 2) {
      return m -> m.add("ln_attn", norm).add("ln_mlp", norm);
    }
    return m -> m.add("input_layernorm", norm);
  }

  /** The family's linear maps are drawn by the default rule and then once more. */
  private static Block drawnTwice(Config c) {
    double std = c.initial("initializer_range");
    return m -> {
      for (String name : m.childNames()) {
        Module linear = m.child(name);
        linear.init(init -> init.normal("weight", 0, std).ifPresent("bias", InitRule.ZEROS));
      }
    };
  }

  /** Queries, keys and values: as many key heads as the config says, one, or all. */
  private static int fused(Config c) {
    int hidden = c.integer("hidden_size");
    int heads = c.integer("num_attention_heads");
    int head = hidden / heads;
    if (c.flag(NEW, false)) {
      return product(product(2, c.integer("num_kv_heads", heads)) + heads, head);
    }
    return c.flag("multi_query", false) ? hidden + product(2, head) : product(3, hidden);
  }
}
