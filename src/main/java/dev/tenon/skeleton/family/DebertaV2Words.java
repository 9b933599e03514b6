package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.family.Bert.hidden;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.init.InitRule;

/**
 * The two heads DeBERTa v2 predicts words with: BERT's, and the later one its config may ask for.
 */
final class DebertaV2Words {
  private static final String WORDS = "deberta.embeddings.word_embeddings.weight";

  private DebertaV2Words() {}

  static Block model(Config c) {
    Block base = Heads.on(c, "deberta", DebertaV2.model(c));
    return base.then(c.flag("legacy", false) ? legacy(c) : later(c));
  }

  private static Block legacy(Config c) {
    int width = DebertaV2.width(c);
    int vocabulary = c.integer("vocab_size");
    Block predictions =
        m ->
            m.parameter("bias", InitRule.ZEROS, vocabulary)
                .add("transform", Bert.output(hidden(c), width))
                .add("decoder", linear(width, vocabulary))
                .init(init -> init.zeros("bias"));
    return m ->
        m.tie("cls.predictions.decoder.bias", "cls.predictions.bias")
            .tie("cls.predictions.decoder.weight", WORDS)
            .add("cls", h -> h.add("predictions", predictions));
  }

  /** The head that has no weight but the words', which exists only by being tied to them. */
  private static Block later(Config c) {
    int vocabulary = c.integer("vocab_size");
    boolean tied = c.flag("tie_word_embeddings", false);
    Block head =
        m -> {
          m.parameter("bias", InitRule.ZEROS, vocabulary);
          if (tied) {
            m.parameter("weight", InitRule.ZEROS, vocabulary, DebertaV2.width(c));
          }
          m.add("dense", linear(hidden(c), hidden(c)))
              .add("LayerNorm", layerNorm(hidden(c)))
              .init(init -> init.zeros("bias"));
        };
    return m ->
        m.tie("lm_predictions.lm_head.weight", WORDS)
            .add("lm_predictions", l -> l.add("lm_head", head));
  }
}
