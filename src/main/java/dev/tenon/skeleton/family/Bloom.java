package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Sizes.product;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;
import java.util.function.Function;

/**
 * BLOOM (BigScience 2022): a decoder with a norm after the embedding and no positions but its
 * attention biases.
 */
public final class Bloom implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 250880,
          "hidden_size", 64,
          "n_layer", 2,
          "initializer_range", 0.02,
          "tie_word_embeddings", true);

  private static final String BASE = "transformer";

  @Override
  public String modelType() {
    return "bloom";
  }

  @Override
  public List<Architecture> architectures() {
    return List.of(
        of("BloomModel", Bloom::model),
        of("BloomForCausalLM", c -> Heads.causalLm(c, BASE, model(c), "word_embeddings")),
        of("BloomForSequenceClassification", c -> Heads.sequenceClassification(c, BASE, model(c))),
        of("BloomForTokenClassification", c -> Heads.classifier(c, BASE, model(c))),
        of("BloomForQuestionAnswering", c -> Heads.questionAnswering(c, BASE, model(c))));
  }

  private static Architecture of(String name, Function<Config, Block> describe) {
    return Architecture.of(name, BASE, Bloom::defaults, describe);
  }

  private static Config defaults(Config c) {
    Config named = c.withAliases("num_hidden_layers", "n_layer").withDefaults(DEFAULTS);
    return named.has("n_embed") ? named.with("hidden_size", named.integer("n_embed")) : named;
  }

  static Block model(Config c) {
    int hidden = c.integer("hidden_size");
    return m ->
        m.model(c)
            .add("word_embeddings", embedding(c.integer("vocab_size"), hidden))
            .add("word_embeddings_layernorm", layerNorm(hidden))
            .repeat("h", c.integer("n_layer"), i -> layer(hidden))
            .add("ln_f", layerNorm(hidden));
  }

  private static Block layer(int hidden) {
    return m ->
        m.add("input_layernorm", layerNorm(hidden))
            .add("self_attention", GptNeoX.attention(hidden, product(3, hidden), true))
            .add("post_attention_layernorm", layerNorm(hidden))
            .add("mlp", GptNeoX.mlp(hidden, product(4, hidden), true));
  }
}
