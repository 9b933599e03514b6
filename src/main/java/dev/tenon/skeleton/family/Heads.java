package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.Blocks.linear;

import dev.tenon.skeleton.Block;
import dev.tenon.skeleton.Config;

/**
 * The heads that decoder families share: a base model under a prefix and one linear layer. Source:
 * {@code modeling_layers} of transformers 5.18.
 */
final class Heads {
  private Heads() {}

  /** Next-token logits over the vocabulary, tied to the embedding if the config says so. */
  static Block causalLm(Config c, String prefix, Block base) {
    return m ->
        m.model(c)
            .tie("lm_head.weight", prefix + ".embed_tokens.weight")
            .add(prefix, base)
            .add("lm_head", linear(c.integer("hidden_size"), c.integer("vocab_size"), false));
  }

  /** One score a label for the whole sequence. */
  static Block sequenceClassification(Config c, String prefix, Block base) {
    return m ->
        m.model(c)
            .add(prefix, base)
            .add("score", linear(c.text().integer("hidden_size"), c.labels(), false));
  }

  /** One score a label for every token. */
  static Block tokenClassification(Config c, String prefix, Block base) {
    boolean bias = c.flag("token_classification_bias", true);
    return m ->
        m.model(c)
            .add(prefix, base)
            .add("score", linear(c.text().integer("hidden_size"), c.labels(), bias));
  }

  /** Start and end of an answer. */
  static Block questionAnswering(Config c, String prefix, Block base) {
    return m -> m.model(c).add(prefix, base).add("qa_outputs", linear(c.integer("hidden_size"), 2));
  }
}
