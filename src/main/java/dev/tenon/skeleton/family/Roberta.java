package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.family.Bert.hidden;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.init.InitRule;
import java.util.List;

/**
 * RoBERTa (Liu et al. 2019): BERT's layers, positions that start after the padding index, and a
 * word head of its own.
 */
public final class Roberta implements Family {
  static final Config DEFAULTS = Bert.DEFAULTS.with("vocab_size", 50265).with("pad_token_id", 1);

  @Override
  public String modelType() {
    return "roberta";
  }

  @Override
  public List<Architecture> architectures() {
    return architectures("Roberta", DEFAULTS, false);
  }

  /** All classes; {@code headFirst} if a variant registers heads before the base model. */
  static List<Architecture> architectures(String name, Config defaults, boolean headFirst) {
    Classes classes = new Classes(name, "roberta", c -> c.withDefaults(defaults));
    return List.of(
        classes.of("Model", c -> model(c, true)),
        classes.of("ForCausalLM", c -> words(c, headFirst)),
        classes.of("ForMaskedLM", c -> words(c, headFirst)),
        classes.of(
            "ForSequenceClassification",
            c -> ordered(c, headFirst, false, classifier(Heads.twoLayers(hidden(c), c.labels())))),
        classes.of(
            "ForMultipleChoice",
            c -> ordered(c, headFirst, true, classifier(linear(hidden(c), 1)))),
        classes.of(
            "ForTokenClassification",
            c -> ordered(c, headFirst, false, classifier(linear(hidden(c), c.labels())))),
        classes.of(
            "ForQuestionAnswering",
            c ->
                ordered(
                    c, headFirst, false, m -> m.add("qa_outputs", linear(hidden(c), c.labels())))));
  }

  private static Block classifier(Block head) {
    return m -> m.add("classifier", head);
  }

  private static Block words(Config c, boolean headFirst) {
    return ordered(c, headFirst, false, wordHead(c)).then(tiedWords("roberta"));
  }

  private static Block ordered(Config c, boolean headFirst, boolean pooler, Block head) {
    Block base = m -> m.add("roberta", model(c, pooler));
    Block model = m -> m.model(c);
    return model.then(headFirst ? head.then(base) : base.then(head));
  }

  private static Block model(Config c, boolean pooler) {
    return Bert.model(c, pooler).then(m -> m.add("embeddings", embeddings(c)));
  }

  /** BERT's embeddings with the positions last, and a row of those for the padding. */
  static Block embeddings(Config c) {
    int positions = c.integer("max_position_embeddings");
    Block named =
        m ->
            m.add("word_embeddings", Embeddings.words(c, hidden(c)))
                .add("token_type_embeddings", embedding(c.integer("type_vocab_size"), hidden(c)))
                .add("LayerNorm", layerNorm(hidden(c)))
                .add("position_embeddings", Embeddings.words(c, positions, hidden(c)));
    return named.then(Embeddings.positionIds(positions)).then(Embeddings.typeIds(positions));
  }

  /** A projection to the vocabulary, whose bias stands beside it as well. */
  static Block wordHead(Config c) {
    int vocabulary = c.integer("vocab_size");
    Block head =
        m ->
            m.parameter("bias", InitRule.ZEROS, vocabulary)
                .add("dense", linear(hidden(c), hidden(c)))
                .add("layer_norm", layerNorm(hidden(c)))
                .add("decoder", linear(hidden(c), vocabulary))
                .init(init -> init.zeros("bias"));
    return m -> m.add("lm_head", head);
  }

  /** Ties the decoder to the words of the base model and to the head's bias. */
  static Block tiedWords(String prefix) {
    return m ->
        m.tie("lm_head.decoder.weight", prefix + ".embeddings.word_embeddings.weight")
            .tie("lm_head.decoder.bias", "lm_head.bias");
  }
}
