package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Sizes.product;
import static dev.tenon.skeleton.family.Bert.hidden;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;

/**
 * MPNet (Song et al. 2020): an encoder with one table of relative position biases for all layers.
 */
public final class Mpnet implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 30527,
          "hidden_size", 768,
          "num_hidden_layers", 12,
          "num_attention_heads", 12,
          "intermediate_size", 3072,
          "max_position_embeddings", 512,
          "initializer_range", 0.02,
          "relative_attention_num_buckets", 32,
          "tie_word_embeddings", true);

  /** The row that stands for padding, whatever the config calls its padding token. */
  private static final int PADDING = 1;

  @Override
  public String modelType() {
    return "mpnet";
  }

  @Override
  public List<Architecture> architectures() {
    Classes classes = new Classes("MPNet", "mpnet", c -> c.withDefaults(DEFAULTS));
    return List.of(
        classes.of("Model", c -> model(c, true)),
        classes.of(
            "ForMaskedLM",
            c ->
                Heads.on(c, "mpnet", model(c, false))
                    .then(Roberta.wordHead(c))
                    .then(Roberta.tiedWords("mpnet"))),
        classes.of(
            "ForSequenceClassification",
            c -> head(c, false, "classifier", Heads.twoLayers(hidden(c), c.labels()))),
        classes.of("ForMultipleChoice", c -> head(c, true, "classifier", linear(hidden(c), 1))),
        classes.of(
            "ForTokenClassification",
            c -> head(c, false, "classifier", linear(hidden(c), c.labels()))),
        classes.of(
            "ForQuestionAnswering",
            c -> head(c, false, "qa_outputs", linear(hidden(c), c.labels()))));
  }

  private static Block head(Config c, boolean pooler, String name, Block head) {
    return Heads.with(c, "mpnet", model(c, pooler), name, head);
  }

  private static Block model(Config c, boolean pooler) {
    return m ->
        m.model(c)
            .add("embeddings", embeddings(c))
            .add("encoder", encoder(c))
            .addIf(pooler, "pooler", p -> p.add("dense", linear(hidden(c), hidden(c))));
  }

  private static Block embeddings(Config c) {
    int positions = c.integer("max_position_embeddings");
    Block named =
        m ->
            m.add("word_embeddings", embedding(c.integer("vocab_size"), hidden(c), PADDING))
                .add("position_embeddings", embedding(positions, hidden(c), PADDING))
                .add("LayerNorm", layerNorm(hidden(c)));
    return named.then(Embeddings.positionIds(positions));
  }

  private static Block encoder(Config c) {
    int buckets = c.integer("relative_attention_num_buckets");
    return m ->
        m.repeat("layer", c.integer("num_hidden_layers"), i -> layer(c))
            .add("relative_attention_bias", embedding(buckets, c.integer("num_attention_heads")));
  }

  private static Block layer(Config c) {
    int wide = Bert.wide(c);
    return m ->
        m.add("attention", a -> a.add("attn", attention(c)).add("LayerNorm", layerNorm(hidden(c))))
            .add("intermediate", i -> i.add("dense", linear(hidden(c), wide)))
            .add("output", Bert.output(wide, hidden(c)));
  }

  private static Block attention(Config c) {
    int heads = c.integer("num_attention_heads");
    int all = product(hidden(c) / heads, heads);
    return m ->
        m.add("q", linear(hidden(c), all))
            .add("k", linear(hidden(c), all))
            .add("v", linear(hidden(c), all))
            .add("o", linear(hidden(c), hidden(c)));
  }
}
