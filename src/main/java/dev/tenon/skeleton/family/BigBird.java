package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.family.Bert.hidden;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;

/**
 * BigBird (Zaheer et al. 2020): BERT's layers with sparse attention, which has the parameters of
 * the full one.
 */
public final class BigBird implements Family {
  static final Config DEFAULTS =
      Config.defaults(
              "vocab_size", 50358,
              "max_position_embeddings", 4096,
              "use_bias", true)
          .withDefaults(Bert.DEFAULTS);

  @Override
  public String modelType() {
    return "big_bird";
  }

  @Override
  public List<Architecture> architectures() {
    Classes classes = new Classes("BigBird", "bert", c -> c.withDefaults(DEFAULTS));
    return List.of(
        classes.of("Model", c -> model(c, true)),
        classes.of("ForPreTraining", c -> words(c, Bert.preTrainingHeads(c))),
        classes.of("ForMaskedLM", c -> words(c, Bert.onlyWords(c))),
        classes.of("ForCausalLM", c -> words(c, Bert.onlyWords(c))),
        classes.of(
            "ForSequenceClassification",
            c -> head(c, true, "classifier", Heads.twoLayers(hidden(c), c.labels()))),
        classes.of("ForMultipleChoice", c -> head(c, true, "classifier", linear(hidden(c), 1))),
        classes.of(
            "ForTokenClassification",
            c -> head(c, true, "classifier", linear(hidden(c), c.labels()))),
        classes.of("ForQuestionAnswering", c -> head(c, false, "qa_classifier", questions(c))));
  }

  private static Block head(Config c, boolean pooler, String name, Block head) {
    return Heads.with(c, "bert", model(c, pooler), name, head);
  }

  private static Block words(Config c, Block heads) {
    return head(c, true, "cls", heads).then(Bert.tiedWords());
  }

  private static Block model(Config c, boolean pooler) {
    boolean bias = c.flag("use_bias");
    return m ->
        m.model(c)
            .add("embeddings", Bert.embeddings(c, hidden(c)))
            .add(
                "encoder",
                e -> e.repeat("layer", c.integer("num_hidden_layers"), i -> Bert.layer(c, bias)))
            .addIf(pooler, "pooler", linear(hidden(c), hidden(c)));
  }

  /** A feed-forward of its own, and start and end of an answer. */
  private static Block questions(Config c) {
    int wide = Bert.wide(c);
    return m ->
        m.add("intermediate", i -> i.add("dense", linear(hidden(c), wide)))
            .add("output", Bert.output(wide, hidden(c)))
            .add("qa_outputs", linear(hidden(c), 2));
  }
}
