package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.EMPTY;
import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;
import java.util.function.Function;

/**
 * OPT (Zhang et al. 2022): a decoder with learned positions whose embedding may be narrower than
 * its layers.
 */
public final class Opt implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 50272,
          "hidden_size", 768,
          "num_hidden_layers", 12,
          "ffn_dim", 3072,
          "max_position_embeddings", 2048,
          "init_std", 0.02,
          "pad_token_id", 1,
          "tie_word_embeddings", true);

  @Override
  public String modelType() {
    return "opt";
  }

  @Override
  public List<Architecture> architectures() {
    return List.of(
        of("OPTDecoder", Opt::decoder),
        of("OPTModel", Opt::model),
        of(
            "OPTForCausalLM",
            c ->
                m ->
                    m.model(c)
                        .tie("lm_head.weight", "model.decoder.embed_tokens.weight")
                        .add("model", model(c))
                        .add("lm_head", linear(narrow(c), c.integer("vocab_size"), false))),
        of(
            "OPTForSequenceClassification",
            c ->
                m ->
                    m.model(c)
                        .add("model", model(c))
                        .add("score", linear(narrow(c), c.labels(), false))),
        of(
            "OPTForQuestionAnswering",
            c -> m -> m.model(c).add("model", model(c)).add("qa_outputs", linear(narrow(c), 2))));
  }

  private static Architecture of(String name, Function<Config, Block> describe) {
    return Architecture.of(name, "model", c -> c.withDefaults(DEFAULTS), describe);
  }

  private static Block model(Config c) {
    return m -> m.model(c).add("decoder", decoder(c));
  }

  private static Block decoder(Config c) {
    int hidden = c.integer("hidden_size");
    int narrow = narrow(c);
    boolean last =
        c.flag("do_layer_norm_before", true) && !c.flag("_remove_final_layer_norm", false);
    return m ->
        m.model(c)
            .add("embed_tokens", embedding(c.integer("vocab_size"), narrow, Llama.padding(c)))
            .add("embed_positions", positions(c))
            .addIf(narrow != hidden, "project_out", linear(hidden, narrow, false))
            .addIf(narrow != hidden, "project_in", linear(narrow, hidden, false))
            .addIf(last, "final_layer_norm", norm(c))
            .repeat("layers", c.integer("num_hidden_layers"), i -> layer(c));
  }

  /** The width of embedding and output. */
  private static int narrow(Config c) {
    return c.integer("word_embed_proj_dim", c.integer("hidden_size"));
  }

  /** Positions count from 2. */
  private static Block positions(Config c) {
    return embedding(c.integer("max_position_embeddings") + 2L, c.integer("hidden_size"));
  }

  private static Block norm(Config c) {
    boolean affine = c.flag("layer_norm_elementwise_affine", true);
    return affine ? layerNorm(c.integer("hidden_size")) : EMPTY;
  }

  private static Block layer(Config c) {
    int hidden = c.integer("hidden_size");
    int intermediate = c.integer("ffn_dim");
    boolean bias = c.flag("enable_bias", true);
    return m ->
        m.add("self_attn", attention(hidden, bias))
            .add("self_attn_layer_norm", norm(c))
            .add("fc1", linear(hidden, intermediate, bias))
            .add("fc2", linear(intermediate, hidden, bias))
            .add("final_layer_norm", norm(c));
  }

  private static Block attention(int hidden, boolean bias) {
    return m ->
        m.add("k_proj", linear(hidden, hidden, bias))
            .add("v_proj", linear(hidden, hidden, bias))
            .add("q_proj", linear(hidden, hidden, bias))
            .add("out_proj", linear(hidden, hidden, bias));
  }
}
