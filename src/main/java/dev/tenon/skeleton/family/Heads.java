package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.linear;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The heads that decoder families share: a base model under a prefix and one linear layer. Source:
 * {@code modeling_layers} of transformers 5.18.
 */
final class Heads {
  private static final String BASE = "model";

  private Heads() {}

  /**
   * The classes decoder families share: the base, next tokens, a label for a sequence, a label for
   * each token, and start and end of an answer.
   *
   * @param name what the class names begin with
   * @param answers the prefix of the base in the class for answers; null if the family has none
   */
  static List<Architecture> decoder(
      String name,
      @Nullable String answers,
      UnaryOperator<Config> defaults,
      Function<Config, Block> base) {
    List<Architecture> classes = new ArrayList<>();
    classes.add(Architecture.of(name + "Model", BASE, defaults, base));
    classes.add(
        Architecture.of(
            name + "ForCausalLM", BASE, defaults, c -> causalLm(c, BASE, base.apply(c))));
    classes.add(
        Architecture.of(
            name + "ForSequenceClassification",
            BASE,
            defaults,
            c -> sequenceClassification(c, BASE, base.apply(c))));
    classes.add(
        Architecture.of(
            name + "ForTokenClassification",
            BASE,
            defaults,
            c -> tokenClassification(c, BASE, base.apply(c))));
    if (answers != null) {
      classes.add(
          Architecture.of(
              name + "ForQuestionAnswering",
              answers,
              defaults,
              c -> questionAnswering(c, answers, base.apply(c))));
    }
    return List.copyOf(classes);
  }

  /** Next-token logits over the vocabulary, tied to the embedding if the config says so. */
  static Block causalLm(Config c, String prefix, Block base) {
    return causalLm(c, prefix, base, "embed_tokens");
  }

  /** As {@link #causalLm(Config, String, Block)}, of a base with another name for its embedding. */
  static Block causalLm(Config c, String prefix, Block base, String embedding) {
    return m ->
        m.model(c)
            .tie("lm_head.weight", prefix + "." + embedding + ".weight")
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

  /** One score a label for every token, as the older decoders name it. */
  static Block classifier(Config c, String prefix, Block base) {
    return m ->
        m.model(c)
            .add(prefix, base)
            .add("classifier", linear(c.integer("hidden_size"), c.labels()));
  }

  /** Start and end of an answer. */
  static Block questionAnswering(Config c, String prefix, Block base) {
    return m -> m.model(c).add(prefix, base).add("qa_outputs", linear(c.integer("hidden_size"), 2));
  }

  /** A model around a base model. */
  static Block on(Config c, String prefix, Block base) {
    return m -> m.model(c).add(prefix, base);
  }

  /** A base model and one head beside it. */
  static Block with(Config c, String prefix, Block base, String name, Block head) {
    return on(c, prefix, base).then(m -> m.add(name, head));
  }

  /** A classifier of two layers: {@code out_proj(tanh(dense(x)))}. */
  static Block twoLayers(int hidden, int labels) {
    return m -> m.add("dense", linear(hidden, hidden)).add("out_proj", linear(hidden, labels));
  }
}
