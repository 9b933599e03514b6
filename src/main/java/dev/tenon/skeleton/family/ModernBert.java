package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.EMPTY;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Sizes.few;
import static dev.tenon.skeleton.build.Sizes.product;
import static dev.tenon.skeleton.family.Bert.hidden;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.build.Init;
import dev.tenon.skeleton.build.Rope;
import dev.tenon.skeleton.build.RopeParameters;
import dev.tenon.skeleton.init.InitRule;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * ModernBERT (Warner et al. 2024): a pre-norm encoder with rotary positions, one set for layers
 * that see everything and one for those with a window. Weights are drawn from truncated normals,
 * narrower for what writes into the residual stream.
 */
public final class ModernBert implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size",
          50368,
          "hidden_size",
          768,
          "intermediate_size",
          1152,
          "num_hidden_layers",
          22,
          "num_attention_heads",
          12,
          "max_position_embeddings",
          8192,
          "initializer_range",
          0.02,
          "initializer_cutoff_factor",
          2.0,
          "norm_bias",
          false,
          "pad_token_id",
          50283,
          "attention_bias",
          false,
          "mlp_bias",
          false,
          "decoder_bias",
          true,
          "classifier_bias",
          false,
          "tie_word_embeddings",
          true);

  private static final Config PLAIN = Config.defaults("rope_type", "default");

  @Override
  public String modelType() {
    return "modernbert";
  }

  @Override
  public List<Architecture> architectures() {
    Classes classes = new Classes("ModernBert", "model", c -> c.withDefaults(DEFAULTS));
    return List.of(
        classes.of("Model", ModernBert::model),
        classes.of("ForMaskedLM", ModernBert::maskedLm),
        classes.of("ForSequenceClassification", c -> classifier(c, c.labels())),
        classes.of("ForTokenClassification", c -> classifier(c, c.labels())),
        classes.of("ForQuestionAnswering", c -> classifier(c, c.labels())),
        classes.of("ForMultipleChoice", c -> classifier(c, 1)));
  }

  private static Block maskedLm(Config c) {
    Block decoder = linear(hidden(c), c.integer("vocab_size"), c.flag("decoder_bias"));
    return headed(c)
        .then(
            m ->
                m.tie("decoder.weight", "model.embeddings.tok_embeddings.weight")
                    .add("decoder", decoder)
                    .init(init -> draw(init, "decoder", c, narrow(c))));
  }

  private static Block classifier(Config c, int labels) {
    return headed(c)
        .then(
            m ->
                m.add("classifier", linear(hidden(c), labels))
                    .init(init -> draw(init, "classifier", c, Math.pow(hidden(c), -0.5))));
  }

  private static Block headed(Config c) {
    Block head =
        m ->
            m.add("dense", linear(hidden(c), hidden(c), c.flag("classifier_bias")))
                .add("norm", norm(c))
                .init(init -> draw(init, "dense", c, narrow(c)));
    return Heads.with(c, "model", model(c), "head", head);
  }

  private static Block model(Config c) {
    return m ->
        m.model(c)
            .add("embeddings", embeddings(c))
            .repeat("layers", c.integer("num_hidden_layers"), i -> layer(c, i))
            .add("final_norm", norm(c))
            .add("rotary_emb", rotary(c));
  }

  private static Block embeddings(Config c) {
    return m ->
        m.add("tok_embeddings", Embeddings.words(c, hidden(c)))
            .add("norm", norm(c))
            .init(init -> init.rule("tok_embeddings.weight", truncated(c, wide(c))));
  }

  private static Block layer(Config c, int index) {
    return m ->
        m.add("attn_norm", index == 0 ? EMPTY : norm(c))
            .add(
                "attn", pair(c, product(3, hidden(c)), "Wqkv", hidden(c), c.flag("attention_bias")))
            .add("mlp_norm", norm(c))
            .add("mlp", pair(c, product(2, Bert.wide(c)), "Wi", Bert.wide(c), c.flag("mlp_bias")));
  }

  /** A projection into attention or MLP and {@code Wo}, the one back. */
  private static Block pair(Config c, int inner, String in, int outer, boolean bias) {
    return m ->
        m.add(in, linear(hidden(c), inner, bias))
            .add("Wo", linear(outer, hidden(c), bias))
            .init(init -> draw(draw(init, in, c, wide(c)), "Wo", c, narrow(c)));
  }

  private static Block norm(Config c) {
    return layerNorm(hidden(c), c.flag("norm_bias"));
  }

  private static Init draw(Init init, String name, Config c, double std) {
    return init.rule(name + ".weight", truncated(c, std)).ifPresent(name + ".bias", InitRule.ZEROS);
  }

  private static InitRule truncated(Config c, double std) {
    double cutoff = c.number("initializer_cutoff_factor", 3);
    return new InitRule.TruncatedNormal(0, std, -cutoff * std, cutoff * std);
  }

  private static double wide(Config c) {
    return c.initial("initializer_range");
  }

  private static double narrow(Config c) {
    return wide(c) / Math.sqrt(2.0 * c.integer("num_hidden_layers"));
  }

  private static Block rotary(Config c) {
    return m -> {
      for (String type : new TreeSet<>(layerTypes(c))) {
        int dim = c.integer("head_dim", hidden(c) / c.integer("num_attention_heads"));
        Rope.rotary(type + "_", rope(c, type), dim).describe(m);
      }
    };
  }

  private static RopeParameters rope(Config c, String type) {
    double theta =
        type.equals("sliding_attention")
            ? c.number("local_rope_theta", 10_000)
            : c.number("global_rope_theta", 160_000);
    Config nested = c.sub("rope_parameters");
    Config own = nested.has(type) ? nested.sub(type) : PLAIN;
    Config fields = c.sub("rope_scaling").withDefaults(own);
    return RopeParameters.of(c.with("rope_theta", null), fields, theta);
  }

  private static List<String> layerTypes(Config c) {
    if (c.has("layer_types")) {
      return c.strings("layer_types");
    }
    int every = c.integer("global_attn_every_n_layers", 3);
    return IntStream.range(0, few(c.integer("num_hidden_layers")))
        .mapToObj(i -> i % every == 0 ? "full_attention" : "sliding_attention")
        .toList();
  }
}
