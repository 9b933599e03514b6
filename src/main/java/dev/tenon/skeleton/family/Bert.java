package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.Blocks.embedding;
import static dev.tenon.skeleton.Blocks.layerNorm;
import static dev.tenon.skeleton.Blocks.linear;

import dev.tenon.skeleton.Architecture;
import dev.tenon.skeleton.Block;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Family;
import dev.tenon.skeleton.InitRule;
import dev.tenon.skeleton.Value;
import dev.tenon.tensor.DType;
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
            .add("embeddings", embeddings(c))
            .add("encoder", e -> e.repeat("layer", c.integer("num_hidden_layers"), i -> layer(c)))
            .addIf(pooler, "pooler", p -> p.add("dense", linear(hidden(c), hidden(c))));
  }

  private static Block classifier(Config c, boolean pooler, int labels) {
    return m ->
        m.model(c).add("bert", model(c, pooler)).add("classifier", linear(hidden(c), labels));
  }

  private static Block tied(Config c, boolean pooler, Block heads) {
    return m ->
        m.model(c)
            .tie("cls.predictions.decoder.weight", "bert.embeddings.word_embeddings.weight")
            .tie("cls.predictions.decoder.bias", "cls.predictions.bias")
            .add("bert", model(c, pooler))
            .add("cls", heads);
  }

  private static Block preTrainingHeads(Config c) {
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

  private static Block embeddings(Config c) {
    int positions = c.integer("max_position_embeddings");
    Integer padding = c.has("pad_token_id") ? c.integer("pad_token_id") : null;
    Value indices = Value.arange(positions).reshape(1, positions);
    Value types = Value.zeros(DType.I64, 1, positions);
    return m ->
        m.add("word_embeddings", embedding(c.integer("vocab_size"), hidden(c), padding))
            .add("position_embeddings", embedding(positions, hidden(c)))
            .add("token_type_embeddings", embedding(c.integer("type_vocab_size"), hidden(c)))
            .add("LayerNorm", layerNorm(hidden(c)))
            .buffer("position_ids", false, DType.I64, indices, 1, positions)
            .buffer("token_type_ids", false, DType.I64, types, 1, positions);
  }

  static Block layer(Config c) {
    boolean cross = c.flag("add_cross_attention");
    return m ->
        m.add("attention", attention(c))
            .addIf(cross, "crossattention", attention(c))
            .add("intermediate", i -> i.add("dense", linear(hidden(c), wide(c))))
            .add("output", output(wide(c), hidden(c)));
  }

  private static int wide(Config c) {
    return c.integer("intermediate_size");
  }

  /** Self- or cross-attention and its output. */
  static Block attention(Config c) {
    int hidden = hidden(c);
    return m ->
        m.add(
                "self",
                s ->
                    s.add("query", linear(hidden, hidden))
                        .add("key", linear(hidden, hidden))
                        .add("value", linear(hidden, hidden)))
            .add("output", output(hidden, hidden));
  }

  /** A projection back to the residual stream, and its norm. */
  static Block output(int from, int hidden) {
    return m -> m.add("dense", linear(from, hidden)).add("LayerNorm", layerNorm(hidden));
  }
}
