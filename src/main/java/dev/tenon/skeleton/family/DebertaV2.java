package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.conv1d;
import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Sizes.product;
import static dev.tenon.skeleton.family.Bert.hidden;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * DeBERTa v2 and v3 (He et al. 2020): content and relative position attend to each other, each with
 * projections of its own unless {@code share_att_key}.
 */
public final class DebertaV2 implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 128100,
          "hidden_size", 1536,
          "num_hidden_layers", 24,
          "num_attention_heads", 24,
          "intermediate_size", 6144,
          "max_position_embeddings", 512,
          "type_vocab_size", 0,
          "initializer_range", 0.02,
          "relative_attention", false,
          "max_relative_positions", -1,
          "pad_token_id", 0,
          "position_biased_input", true,
          "legacy", true,
          "tie_word_embeddings", true);

  @Override
  public String modelType() {
    return "deberta-v2";
  }

  @Override
  public List<Architecture> architectures() {
    Classes classes = new Classes("DebertaV2", "deberta", c -> c.withDefaults(DEFAULTS));
    return List.of(
            classes.of("Model", DebertaV2::model),
            classes.of("ForMaskedLM", DebertaV2Words::model).ignoreUnexpected("mask_predictions.*"),
            classes.of("ForSequenceClassification", c -> pooled(c, c.labels())),
            classes.of("ForTokenClassification", c -> head(c, "classifier")),
            classes.of("ForQuestionAnswering", c -> head(c, "qa_outputs")),
            classes.of("ForMultipleChoice", c -> pooled(c, 1)))
        .stream()
        .map(architecture -> architecture.ignoreUnexpected("position_embeddings"))
        .toList();
  }

  private static Block head(Config c, String name) {
    return Heads.with(c, "deberta", model(c), name, linear(hidden(c), c.labels()));
  }

  private static Block pooled(Config c, int labels) {
    int pooler = c.integer("pooler_hidden_size", hidden(c));
    return Heads.on(c, "deberta", model(c))
        .then(m -> m.add("pooler", p -> p.add("dense", linear(pooler, pooler))))
        .then(m -> m.add("classifier", linear(hidden(c), labels)));
  }

  static Block model(Config c) {
    return m -> m.model(c).add("embeddings", embeddings(c)).add("encoder", encoder(c));
  }

  /** The width of the embeddings, which may differ from the layers'. */
  static int width(Config c) {
    return c.integer("embedding_size", hidden(c));
  }

  private static Block embeddings(Config c) {
    int width = width(c);
    int positions = c.integer("max_position_embeddings");
    int types = c.integer("type_vocab_size");
    Block named =
        m ->
            m.add("word_embeddings", Embeddings.words(c, width))
                .addIf(
                    c.flag("position_biased_input", false),
                    "position_embeddings",
                    embedding(positions, width))
                .addIf(types > 0, "token_type_embeddings", embedding(types, width))
                .addIf(width != hidden(c), "embed_proj", linear(width, hidden(c), false))
                .add("LayerNorm", layerNorm(hidden(c)));
    return named.then(Embeddings.positionIds(positions));
  }

  private static Block encoder(Config c) {
    boolean relative = c.flag("relative_attention", false);
    boolean norm = parts(c.string("norm_rel_ebd", "none")).contains("layer_norm");
    int kernel = c.integer("conv_kernel_size", 0);
    return m ->
        m.repeat("layer", c.integer("num_hidden_layers"), i -> layer(c))
            .addIf(relative, "rel_embeddings", embedding(2L * span(c), hidden(c)))
            .addIf(norm, "LayerNorm", layerNorm(hidden(c)))
            .addIf(kernel > 0, "conv", convolution(c, kernel));
  }

  /** How many relative positions there are in one direction. */
  private static int span(Config c) {
    int buckets = c.integer("position_buckets", -1);
    int relative = c.integer("max_relative_positions", -1);
    if (buckets > 0) {
      return buckets;
    }
    return relative < 1 ? c.integer("max_position_embeddings") : relative;
  }

  private static Block convolution(Config c, int kernel) {
    int groups = c.integer("conv_groups", 1);
    return m ->
        m.add("conv", conv1d(hidden(c), hidden(c), kernel, groups, true))
            .add("LayerNorm", layerNorm(hidden(c)));
  }

  private static Block layer(Config c) {
    int wide = Bert.wide(c);
    return m ->
        m.add(
                "attention",
                a -> a.add("self", attention(c)).add("output", Bert.output(hidden(c), hidden(c))))
            .add("intermediate", i -> i.add("dense", linear(hidden(c), wide)))
            .add("output", Bert.output(wide, hidden(c)));
  }

  private static Block attention(Config c) {
    int heads = c.integer("num_attention_heads");
    int all = product(heads, c.integer("attention_head_size", hidden(c) / heads));
    boolean own = c.flag("relative_attention", false) && !c.flag("share_att_key", false);
    List<String> types =
        c.isList("pos_att_type") ? c.strings("pos_att_type") : parts(c.string("pos_att_type", ""));
    return m ->
        m.add("query_proj", linear(hidden(c), all))
            .add("key_proj", linear(hidden(c), all))
            .add("value_proj", linear(hidden(c), all))
            .addIf(own && types.contains("c2p"), "pos_key_proj", linear(hidden(c), all))
            .addIf(own && types.contains("p2c"), "pos_query_proj", linear(hidden(c), all));
  }

  /** A text such as {@code p2c|c2p}, taken apart. */
  private static List<String> parts(String text) {
    return Arrays.stream(text.toLowerCase(Locale.ROOT).split("\\|")).map(String::strip).toList();
  }
}
