package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Sizes.product;
import static dev.tenon.skeleton.family.Bert.hidden;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.init.InitRule;
import java.util.List;

/**
 * ALBERT (Lan et al. 2019): layers share parameters in groups, and embeddings are narrower than the
 * layers. The number of layers is no matter of parameters; {@code num_hidden_groups} is.
 */
public final class Albert implements Family {
  static final Config DEFAULTS =
      Config.defaults(
              "vocab_size", 30000,
              "embedding_size", 128,
              "hidden_size", 4096,
              "num_hidden_groups", 1,
              "num_attention_heads", 64,
              "intermediate_size", 16384,
              "inner_group_num", 1)
          .withDefaults(Bert.DEFAULTS);

  @Override
  public String modelType() {
    return "albert";
  }

  @Override
  public List<Architecture> architectures() {
    Classes classes = new Classes("Albert", "albert", c -> c.withDefaults(DEFAULTS));
    return List.of(
        classes.of("Model", c -> model(c, true)),
        classes.of(
            "ForPreTraining",
            c ->
                wordModel(c, true)
                    .then(
                        m ->
                            m.add(
                                "sop_classifier",
                                s -> s.add("classifier", linear(hidden(c), c.labels()))))),
        classes.of("ForMaskedLM", c -> wordModel(c, false)),
        classes.of("ForSequenceClassification", c -> head(c, true, "classifier", c.labels())),
        classes.of("ForTokenClassification", c -> head(c, false, "classifier", c.labels())),
        classes.of("ForQuestionAnswering", c -> head(c, false, "qa_outputs", c.labels())),
        classes.of("ForMultipleChoice", c -> head(c, true, "classifier", 1)));
  }

  private static Block head(Config c, boolean pooler, String name, int labels) {
    return Heads.with(c, "albert", model(c, pooler), name, linear(hidden(c), labels));
  }

  private static Block wordModel(Config c, boolean pooler) {
    int width = c.integer("embedding_size");
    int vocabulary = c.integer("vocab_size");
    Block predictions =
        m ->
            m.parameter("bias", InitRule.ZEROS, vocabulary)
                .add("LayerNorm", layerNorm(width))
                .add("dense", linear(hidden(c), width))
                .add("decoder", linear(width, vocabulary))
                .init(init -> init.zeros("bias"));
    return m ->
        m.model(c)
            .tie("predictions.decoder.weight", "albert.embeddings.word_embeddings.weight")
            .tie("predictions.decoder.bias", "predictions.bias")
            .add("albert", model(c, pooler))
            .add("predictions", predictions);
  }

  private static Block model(Config c, boolean pooler) {
    int width = c.integer("embedding_size");
    return m ->
        m.model(c)
            .add("embeddings", Bert.embeddings(c, width))
            .add(
                "encoder",
                e ->
                    e.add("embedding_hidden_mapping_in", linear(width, hidden(c)))
                        .repeat(
                            "albert_layer_groups", c.integer("num_hidden_groups"), i -> group(c)))
            .addIf(pooler, "pooler", linear(hidden(c), hidden(c)));
  }

  private static Block group(Config c) {
    return m -> m.repeat("albert_layers", c.integer("inner_group_num"), i -> layer(c));
  }

  private static Block layer(Config c) {
    int wide = Bert.wide(c);
    return m ->
        m.add("full_layer_layer_norm", layerNorm(hidden(c)))
            .add("attention", attention(c))
            .add("ffn", linear(hidden(c), wide))
            .add("ffn_output", linear(wide, hidden(c)));
  }

  private static Block attention(Config c) {
    int heads = c.integer("num_attention_heads");
    int all = product(hidden(c) / heads, heads);
    return m ->
        m.add("query", linear(hidden(c), all))
            .add("key", linear(hidden(c), all))
            .add("value", linear(hidden(c), all))
            .add("dense", linear(hidden(c), hidden(c)))
            .add("LayerNorm", layerNorm(hidden(c)));
  }
}
