package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Sizes.product;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.init.InitRule;
import java.util.List;
import java.util.function.Function;

/** BERT (Devlin et al. 2018): a post-norm encoder with learned positions and a tied word head. */
public final class Bert implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 30522,
          "hidden_size", 768,
          "num_hidden_layers", 12,
          "num_attention_heads", 12,
          "intermediate_size", 3072,
          "max_position_embeddings", 512,
          "type_vocab_size", 2,
          "initializer_range", 0.02,
          "pad_token_id", 0,
          "is_decoder", false,
          "add_cross_attention", false,
          "tie_word_embeddings", true);

  @Override
  public String modelType() {
    return "bert";
  }

  @Override
  public List<Architecture> architectures() {
    return List.of(
        of("BertModel", c -> model(c, true)),
        of("BertForPreTraining", c -> tied(c, true, preTrainingHeads(c))),
        of("BertLMHeadModel", c -> tied(c, false, onlyWords(c))),
        of("BertForMaskedLM", c -> tied(c, false, onlyWords(c))),
        of(
            "BertForNextSentencePrediction",
            c ->
                m ->
                    m.model(c)
                        .add("bert", model(c, true))
                        .add("cls", h -> h.add("seq_relationship", linear(hidden(c), 2)))),
        of("BertForSequenceClassification", c -> classifier(c, true, c.labels())),
        of("BertForMultipleChoice", c -> classifier(c, true, 1)),
        of("BertForTokenClassification", c -> classifier(c, false, c.labels())),
        of(
            "BertForQuestionAnswering",
            c ->
                m ->
                    m.model(c)
                        .add("bert", model(c, false))
                        .add("qa_outputs", linear(hidden(c), c.labels()))));
  }

  private static Architecture of(String name, Function<Config, Block> describe) {
    return Architecture.of(name, "bert", c -> c.withDefaults(DEFAULTS), describe);
  }

  static int hidden(Config c) {
    return c.integer("hidden_size");
  }

  static Block model(Config c, boolean pooler) {
    return m ->
        m.model(c)
            .add("embeddings", embeddings(c, hidden(c)))
            .add("encoder", e -> e.repeat("layer", c.integer("num_hidden_layers"), i -> layer(c)))
            .addIf(pooler, "pooler", p -> p.add("dense", linear(hidden(c), hidden(c))));
  }

  private static Block classifier(Config c, boolean pooler, int labels) {
    return m ->
        m.model(c).add("bert", model(c, pooler)).add("classifier", linear(hidden(c), labels));
  }

  private static Block tied(Config c, boolean pooler, Block heads) {
    return Heads.with(c, "bert", model(c, pooler), "cls", heads).then(tiedWords());
  }

  /** Ties the word head to the words, and the two places of its bias to each other. */
  static Block tiedWords() {
    return m ->
        m.tie("cls.predictions.decoder.weight", "bert.embeddings.word_embeddings.weight")
            .tie("cls.predictions.decoder.bias", "cls.predictions.bias");
  }

  static Block preTrainingHeads(Config c) {
    return m -> m.add("predictions", wordHead(c)).add("seq_relationship", linear(hidden(c), 2));
  }

  static Block onlyWords(Config c) {
    return m -> m.add("predictions", wordHead(c));
  }

  /** A transform and a projection to the vocabulary, whose bias stands beside it as well. */
  static Block wordHead(Config c) {
    int vocabulary = c.integer("vocab_size");
    return m ->
        m.parameter("bias", InitRule.ZEROS, vocabulary)
            .add("transform", output(hidden(c), hidden(c)))
            .add("decoder", linear(hidden(c), vocabulary))
            .init(init -> init.zeros("bias"));
  }

  /** Words, learned positions and token types, as wide as the family's embeddings are. */
  static Block embeddings(Config c, int width) {
    int positions = c.integer("max_position_embeddings");
    Block named =
        m ->
            m.add("word_embeddings", Embeddings.words(c, width))
                .add("position_embeddings", embedding(positions, width))
                .add("token_type_embeddings", embedding(c.integer("type_vocab_size"), width))
                .add("LayerNorm", layerNorm(width));
    return named.then(Embeddings.positionIds(positions)).then(Embeddings.typeIds(positions));
  }

  static Block layer(Config c) {
    return layer(c, true);
  }

  /** One layer; {@code bias} is for queries, keys and values. */
  static Block layer(Config c, boolean bias) {
    boolean cross = c.flag("add_cross_attention");
    return m ->
        m.add("attention", attention(c, bias))
            .addIf(cross, "crossattention", attention(c, bias))
            .add("intermediate", i -> i.add("dense", linear(hidden(c), wide(c))))
            .add("output", output(wide(c), hidden(c)));
  }

  static int wide(Config c) {
    return c.integer("intermediate_size");
  }

  /** Self- or cross-attention and its output. */
  static Block attention(Config c) {
    return attention(c, true);
  }

  private static Block attention(Config c, boolean bias) {
    int heads = c.integer("num_attention_heads");
    int all = product(hidden(c) / heads, heads);
    return m ->
        m.add(
                "self",
                s ->
                    s.add("query", linear(hidden(c), all, bias))
                        .add("key", linear(hidden(c), all, bias))
                        .add("value", linear(hidden(c), all, bias)))
            .add("output", output(hidden(c), hidden(c)));
  }

  /** A projection back to the residual stream, and its norm. */
  static Block output(int from, int hidden) {
    return m -> m.add("dense", linear(from, hidden)).add("LayerNorm", layerNorm(hidden));
  }
}
