package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Sizes.product;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.build.Init;
import dev.tenon.skeleton.init.InitRule;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * GPT-2 (Radford et al. 2019): a pre-norm decoder with learned positions and transposed linear
 * maps.
 */
public final class Gpt2 implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 50257,
          "n_embd", 768,
          "n_layer", 12,
          "n_positions", 1024,
          "initializer_range", 0.02,
          "tie_word_embeddings", true);

  private static final String BASE = "transformer";

  @Override
  public String modelType() {
    return "gpt2";
  }

  @Override
  public List<Architecture> architectures() {
    return List.of(
        of("GPT2Model", Gpt2::model),
        of("GPT2LMHeadModel", Gpt2::languageModel),
        of("GPT2DoubleHeadsModel", c -> languageModel(c).then(choices(c))),
        of("GPT2ForSequenceClassification", c -> Heads.sequenceClassification(c, BASE, model(c))),
        of("GPT2ForTokenClassification", c -> Heads.classifier(c, BASE, model(c))),
        of("GPT2ForQuestionAnswering", c -> Heads.questionAnswering(c, BASE, model(c))));
  }

  private static Architecture of(String name, Function<Config, Block> describe) {
    return Architecture.of(name, BASE, Gpt2::defaults, describe)
        .ignoreUnexpected("attn.bias", "crossattention.bias");
  }

  private static Config defaults(Config c) {
    Config own =
        c.withAliases(
                "hidden_size", "n_embd",
                "max_position_embeddings", "n_positions",
                "num_hidden_layers", "n_layer")
            .withDefaults(DEFAULTS);
    // The heads shared with other families know the common name alone.
    return own.with("hidden_size", own.integer("n_embd"));
  }

  private static Block languageModel(Config c) {
    return Heads.causalLm(c, BASE, model(c), "wte");
  }

  /** One score for a choice, or its summary; this head knows a single label. */
  private static Block choices(Config c) {
    int hidden = c.integer("hidden_size");
    int width = c.flag("summary_proj_to_labels", true) ? 1 : hidden;
    return m ->
        m.add(
            "multiple_choice_head",
            h -> h.addIf(c.flag("summary_use_proj", true), "summary", linear(hidden, width)));
  }

  static Block model(Config c) {
    int hidden = c.integer("hidden_size");
    return m ->
        m.model(c)
            .add("wte", embedding(c.integer("vocab_size"), hidden))
            .add("wpe", embedding(c.integer("n_positions"), hidden))
            .repeat("h", c.integer("n_layer"), i -> layer(c))
            .add("ln_f", layerNorm(hidden));
  }

  private static Block layer(Config c) {
    int hidden = c.integer("hidden_size");
    boolean cross = c.flag("add_cross_attention", false);
    return m ->
        m.add("ln_1", layerNorm(hidden))
            .add("attn", attention(c, false))
            .add("ln_2", layerNorm(hidden))
            .addIf(cross, "crossattention", attention(c, true))
            .addIf(cross, "ln_cross_attn", layerNorm(hidden))
            .add("mlp", mlp(c));
  }

  private static Block attention(Config c, boolean cross) {
    int hidden = c.integer("hidden_size");
    return m ->
        m.add("c_attn", transposed(c, hidden, product(cross ? 2 : 3, hidden)))
            .addIf(cross, "q_attn", transposed(c, hidden, hidden))
            .add("c_proj", transposed(c, hidden, hidden))
            .init(residual(c));
  }

  private static Block mlp(Config c) {
    int hidden = c.integer("hidden_size");
    int inner = c.integer("n_inner", product(4, hidden));
    return m ->
        m.add("c_fc", transposed(c, hidden, inner))
            .add("c_proj", transposed(c, inner, hidden))
            .init(residual(c));
  }

  /** Projections into the residual stream are drawn again, the narrower the deeper the model. */
  private static Consumer<Init> residual(Config c) {
    double std = c.initial("initializer_range") / Math.sqrt(2.0 * c.integer("n_layer"));
    return init -> init.normal("c_proj.weight", 0, std);
  }

  /** A linear map whose weight is [in, out], which the default rules do not know. */
  private static Block transposed(Config c, int in, int out) {
    double std = c.initial("initializer_range");
    return m ->
        m.parameter("weight", new InitRule.Normal(0, 0.02), in, out)
            .parameter("bias", InitRule.ZEROS, out)
            .init(init -> init.normal("weight", 0, std).zeros("bias"));
  }
}
