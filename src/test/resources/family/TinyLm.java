package example;

import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Blocks.rmsNorm;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;

/** A small language model: gated layers between an embedding and a head tied to it. */
public final class TinyLm implements Family {
  private static final Config DEFAULTS =
      Config.defaults("vocab_size", 1000, "width", 64, "layers", 2, "tie_word_embeddings", true);

  @Override
  public String modelType() {
    return "tiny_lm";
  }

  @Override
  public List<Architecture> architectures() {
    return List.of(
        Architecture.of("TinyLmModel", "model", c -> c.withDefaults(DEFAULTS), TinyLm::model),
        Architecture.of("TinyLmForCausalLM", "model", c -> c.withDefaults(DEFAULTS), TinyLm::head));
  }

  private static Block model(Config c) {
    int width = c.integer("width");
    Block layer = m -> m.add("norm", rmsNorm(width)).add("proj", linear(width, width, false));
    return m ->
        m.model(c)
            .add("embed_tokens", embedding(c.integer("vocab_size"), width))
            .repeat("layers", c.integer("layers"), i -> layer);
  }

  private static Block head(Config c) {
    return m ->
        m.model(c)
            .tie("lm_head.weight", "model.embed_tokens.weight")
            .add("model", model(c))
            .add("lm_head", linear(c.integer("width"), c.integer("vocab_size"), false));
  }
}
