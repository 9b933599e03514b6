package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.family.Bert.hidden;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.init.InitRule;
import java.util.List;

/**
 * BERT for sequence generation (Rothe et al. 2019): an encoder or a decoder without token types and
 * without a pooler.
 */
public final class BertGeneration implements Family {
  static final Config DEFAULTS =
      Config.defaults(
              "vocab_size", 50358,
              "hidden_size", 1024,
              "num_hidden_layers", 24,
              "num_attention_heads", 16,
              "intermediate_size", 4096)
          .withDefaults(Bert.DEFAULTS);

  @Override
  public String modelType() {
    return "bert-generation";
  }

  @Override
  public List<Architecture> architectures() {
    Classes classes = new Classes("BertGeneration", "bert", c -> c.withDefaults(DEFAULTS));
    return List.of(
        classes.of("Encoder", BertGeneration::model),
        classes.of(
            "Decoder",
            c ->
                Heads.with(c, "bert", model(c), "lm_head", wordHead(c))
                    .then(Roberta.tiedWords("bert"))));
  }

  private static Block model(Config c) {
    Block untyped =
        Bert.embeddings(c, hidden(c))
            .then(m -> m.remove("token_type_embeddings").remove("token_type_ids"));
    return Bert.model(c, false).then(m -> m.add("embeddings", untyped));
  }

  private static Block wordHead(Config c) {
    int vocabulary = c.integer("vocab_size");
    return m ->
        m.parameter("bias", InitRule.ZEROS, vocabulary)
            .add("decoder", linear(hidden(c), vocabulary))
            .init(init -> init.zeros("bias"));
  }
}
