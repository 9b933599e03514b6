package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.EMPTY;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.family.Bert.hidden;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;

/**
 * ELECTRA (Clark et al. 2020): BERT's layers over embeddings of their own width, trained to tell
 * replaced words.
 */
public final class Electra implements Family {
  static final Config DEFAULTS =
      Config.defaults(
              "embedding_size", 128,
              "hidden_size", 256,
              "num_attention_heads", 4,
              "intermediate_size", 1024,
              "summary_use_proj", true)
          .withDefaults(Bert.DEFAULTS);

  @Override
  public String modelType() {
    return "electra";
  }

  @Override
  public List<Architecture> architectures() {
    Classes classes = new Classes("Electra", "electra", c -> c.withDefaults(DEFAULTS));
    return List.of(
        classes.of("Model", Electra::model),
        classes.of(
            "ForSequenceClassification",
            c -> head(c, "classifier", Heads.twoLayers(hidden(c), c.labels()))),
        classes.of("ForPreTraining", c -> head(c, "discriminator_predictions", discriminator(c))),
        classes.of("ForMaskedLM", Electra::generator),
        classes.of(
            "ForTokenClassification", c -> head(c, "classifier", linear(hidden(c), c.labels()))),
        classes.of(
            "ForQuestionAnswering", c -> head(c, "qa_outputs", linear(hidden(c), c.labels()))),
        classes.of(
            "ForMultipleChoice",
            c ->
                head(c, "sequence_summary", summary(c))
                    .then(m -> m.add("classifier", linear(hidden(c), 1)))),
        classes.of("ForCausalLM", Electra::generator));
  }

  private static Block head(Config c, String name, Block head) {
    return Heads.with(c, "electra", model(c), name, head);
  }

  private static Block model(Config c) {
    int width = c.integer("embedding_size");
    return m ->
        m.model(c)
            .add("embeddings", Bert.embeddings(c, width))
            .addIf(width != hidden(c), "embeddings_project", linear(width, hidden(c)))
            .add(
                "encoder",
                e -> e.repeat("layer", c.integer("num_hidden_layers"), i -> Bert.layer(c)));
  }

  private static Block discriminator(Config c) {
    return m ->
        m.add("dense", linear(hidden(c), hidden(c))).add("dense_prediction", linear(hidden(c), 1));
  }

  /** Words predicted in the width of the embedding they are tied to. */
  private static Block generator(Config c) {
    int width = c.integer("embedding_size");
    return m ->
        m.model(c)
            .tie("generator_lm_head.weight", "electra.embeddings.word_embeddings.weight")
            .add("electra", model(c))
            .add(
                "generator_predictions",
                g -> g.add("LayerNorm", layerNorm(width)).add("dense", linear(hidden(c), width)))
            .add("generator_lm_head", linear(width, c.integer("vocab_size")));
  }

  private static Block summary(Config c) {
    boolean toLabels = c.flag("summary_proj_to_labels", false) && c.labels() > 0;
    boolean projected = c.flag("summary_use_proj", false);
    Block projection = linear(hidden(c), toLabels ? c.labels() : hidden(c));
    return m -> m.add("summary", projected ? projection : EMPTY);
  }
}
