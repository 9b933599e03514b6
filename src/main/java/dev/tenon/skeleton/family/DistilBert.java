package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;

/** DistilBERT (Sanh et al. 2019): half of BERT's layers, no token types, no pooler. */
public final class DistilBert implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 30522,
          "max_position_embeddings", 512,
          "sinusoidal_pos_embds", false,
          "n_layers", 6,
          "n_heads", 12,
          "dim", 768,
          "hidden_dim", 3072,
          "initializer_range", 0.02,
          "pad_token_id", 0,
          "tie_word_embeddings", true);

  @Override
  public String modelType() {
    return "distilbert";
  }

  @Override
  public List<Architecture> architectures() {
    Classes classes = new Classes("DistilBert", "distilbert", DistilBert::complete);
    return List.of(
        classes.of("Model", DistilBert::model),
        classes.of("ForMaskedLM", DistilBert::maskedLm),
        classes.of("ForSequenceClassification", c -> classifier(c, c.labels())),
        classes.of(
            "ForQuestionAnswering", c -> head(c, "qa_outputs", linear(width(c), c.labels()))),
        classes.of(
            "ForTokenClassification", c -> head(c, "classifier", linear(width(c), c.labels()))),
        classes.of("ForMultipleChoice", c -> classifier(c, 1)));
  }

  private static Config complete(Config c) {
    return c.withAliases(
            "hidden_size", "dim", "num_attention_heads", "n_heads", "num_hidden_layers", "n_layers")
        .withDefaults(DEFAULTS);
  }

  private static int width(Config c) {
    return c.integer("dim");
  }

  private static Block head(Config c, String name, Block head) {
    return Heads.with(c, "distilbert", model(c), name, head);
  }

  private static Block classifier(Config c, int labels) {
    return head(c, "pre_classifier", linear(width(c), width(c)))
        .then(m -> m.add("classifier", linear(width(c), labels)));
  }

  private static Block maskedLm(Config c) {
    return m ->
        m.model(c)
            .tie("vocab_projector.weight", "distilbert.embeddings.word_embeddings.weight")
            .add("distilbert", model(c))
            .add("vocab_transform", linear(width(c), width(c)))
            .add("vocab_layer_norm", layerNorm(width(c)))
            .add("vocab_projector", linear(width(c), c.integer("vocab_size")));
  }

  private static Block model(Config c) {
    return m ->
        m.model(c)
            .add("embeddings", embeddings(c))
            .add("transformer", t -> t.repeat("layer", c.integer("n_layers"), i -> layer(c)));
  }

  private static Block embeddings(Config c) {
    int positions = c.integer("max_position_embeddings");
    Block named =
        m ->
            m.add("word_embeddings", Embeddings.words(c, width(c)))
                .add("position_embeddings", embedding(positions, width(c)))
                .add("LayerNorm", layerNorm(width(c)));
    Block indexed = named.then(Embeddings.positionIds(positions));
    if (!c.flag("sinusoidal_pos_embds", false)) {
      return indexed;
    }
    return indexed.then(
        m ->
            m.init(
                init ->
                    init.copy(
                        "position_embeddings.weight",
                        Embeddings.interleavedSinusoids(positions, width(c)))));
  }

  private static Block layer(Config c) {
    int width = width(c);
    int wide = c.integer("hidden_dim");
    return m ->
        m.add(
                "attention",
                a ->
                    a.add("q_lin", linear(width, width))
                        .add("k_lin", linear(width, width))
                        .add("v_lin", linear(width, width))
                        .add("out_lin", linear(width, width)))
            .add("sa_layer_norm", layerNorm(width))
            .add("ffn", f -> f.add("lin1", linear(width, wide)).add("lin2", linear(wide, width)))
            .add("output_layer_norm", layerNorm(width));
  }
}
