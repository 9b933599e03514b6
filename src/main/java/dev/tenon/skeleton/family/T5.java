package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.linear;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * T5 (Raffel et al. 2019): an encoder and a decoder with relative position biases in their first
 * layers. Its words are always tied, whatever a config says.
 */
public final class T5 implements Family {
  private static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 32128,
          "d_model", 512,
          "d_kv", 64,
          "d_ff", 2048,
          "num_layers", 6,
          "num_decoder_layers", null,
          "num_heads", 8,
          "relative_attention_num_buckets", 32,
          "initializer_factor", 1.0,
          "feed_forward_proj", "relu",
          "is_decoder", false);

  /** Checkpoints of old hold biases for attention to the encoder, which has no positions. */
  private static final String OLD_BIAS =
      "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight";

  @Override
  public String modelType() {
    return "t5";
  }

  @Override
  public List<Architecture> architectures() {
    return architectures("T5", DEFAULTS, encoder -> encoder.ignoreUnexpected("decoder"));
  }

  /** All classes; {@code encoderOnly} is what a variant adds to those without a decoder. */
  static List<Architecture> architectures(
      String name, Config defaults, UnaryOperator<Architecture> encoderOnly) {
    Classes classes = new Classes(name, "transformer", c -> complete(c, defaults));
    return List.of(
            classes.of("Stack", T5Blocks::stack),
            classes.of("Model", T5::both).ignoreUnexpected(OLD_BIAS),
            classes.of("ForConditionalGeneration", T5::generation).ignoreUnexpected(OLD_BIAS),
            encoderOnly.apply(classes.of("EncoderModel", T5::encoder)),
            classes.of("ForSequenceClassification", T5::sequences).ignoreUnexpected(OLD_BIAS),
            encoderOnly.apply(classes.of("ForTokenClassification", T5::tokens)),
            classes.of("ForQuestionAnswering", T5::questions).ignoreUnexpected(OLD_BIAS))
        .stream()
        .map(architecture -> architecture.keepInFp32("wo"))
        .toList();
  }

  /** The reference counts the decoder's layers before it knows {@code num_hidden_layers}. */
  private static Config complete(Config c, Config defaults) {
    Config own = c.withDefaults(defaults);
    return c.withAliases(
            "hidden_size", "d_model",
            "num_attention_heads", "num_heads",
            "num_hidden_layers", "num_layers",
            "head_dim", "d_kv")
        .withDefaults(defaults)
        .with("num_decoder_layers", own.integer("num_decoder_layers", own.integer("num_layers")))
        .with("tie_word_embeddings", true);
  }

  private static int width(Config c) {
    return c.integer("d_model");
  }

  /** The table of words all stacks are tied to, drawn once more by the model that holds it. */
  private static Block shared(Config c) {
    return m ->
        m.model(c)
            .add("shared", embedding(c.integer("vocab_size"), width(c)))
            .init(init -> init.normal("shared.weight", 0, T5Blocks.factor(c)));
  }

  private static Block encoder(Config c) {
    return shared(c)
        .then(
            m ->
                m.tie("encoder.embed_tokens.weight", "shared.weight")
                    .add("encoder", T5Blocks.stack(c)));
  }

  private static Block both(Config c) {
    Config decoder = c.with("is_decoder", true).with("num_layers", c.integer("num_decoder_layers"));
    return encoder(c.with("is_decoder", false))
        .then(
            m ->
                m.tie("decoder.embed_tokens.weight", "shared.weight")
                    .add("decoder", T5Blocks.stack(decoder)));
  }

  private static Block generation(Config c) {
    return both(c)
        .then(
            m ->
                m.tie("lm_head.weight", "shared.weight")
                    .add("lm_head", linear(width(c), c.integer("vocab_size"), false)));
  }

  private static Block questions(Config c) {
    return both(c)
        .then(
            m ->
                m.add("qa_outputs", linear(width(c), c.labels()))
                    .init(
                        init ->
                            init.normal("qa_outputs.weight", 0, T5Blocks.scaled(c, width(c)))
                                .zeros("qa_outputs.bias")));
  }

  private static Block sequences(Config c) {
    double std = T5Blocks.scaled(c, width(c));
    Block head =
        Heads.twoLayers(width(c), c.labels())
            .then(
                m ->
                    m.init(
                        init ->
                            init.normal("dense.weight", 0, std)
                                .zeros("dense.bias")
                                .normal("out_proj.weight", 0, std)
                                .zeros("out_proj.bias")));
    return Heads.with(c, "transformer", both(c), "classification_head", head);
  }

  private static Block tokens(Config c) {
    return Heads.with(c, "transformer", encoder(c), "classifier", linear(width(c), c.labels()))
        .then(
            m ->
                m.init(
                    init ->
                        init.normal("classifier.weight", 0, T5Blocks.factor(c))
                            .zeros("classifier.bias")));
  }
}
