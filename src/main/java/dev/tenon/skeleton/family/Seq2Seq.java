package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.init.Value;
import dev.tenon.tensor.DType;
import java.util.List;
import java.util.function.Function;

/**
 * What the encoder-decoder families descended from BART share: attention and layers, and the
 * classes around an encoder and a decoder whose words are tied.
 *
 * @param classes names and defaults
 * @param encoder the encoder of a config
 * @param decoder the decoder of a config
 */
record Seq2Seq(Classes classes, Function<Config, Block> encoder, Function<Config, Block> decoder) {

  /** {@code d_model}, the width of every layer. */
  static int width(Config c) {
    return c.integer("d_model");
  }

  /** A config with a family's own names and its defaults. */
  static Config complete(Config c, Config defaults) {
    return c.withAliases(
            "num_attention_heads", "encoder_attention_heads",
            "hidden_size", "d_model",
            "num_hidden_layers", "encoder_layers")
        .withDefaults(defaults);
  }

  /** Encoder, decoder, the two together, and what generates text with them. */
  List<Architecture> textClasses(String generation) {
    return List.of(
        classes.of("Encoder", encoder),
        classes.of("Decoder", decoder),
        classes.of("Model", this::model),
        classes
            .of(generation, c -> generation(c, c.integer("vocab_size")))
            .ignoreMissing("final_logits_bias"),
        classes.of("DecoderWrapper", this::wrapper));
  }

  /** The decoder alone with its head, tied to its words. */
  Architecture causalLm() {
    Block tied = m -> m.tie("lm_head.weight", "model.decoder.embed_tokens.weight");
    return classes.of("ForCausalLM", c -> untiedCausalLm(c).then(tied));
  }

  /** A classifier of the whole text, and start and end of an answer. */
  List<Architecture> judgingClasses() {
    return List.of(
        classes.of(
            "ForSequenceClassification",
            c -> head(c, "classification_head", Heads.twoLayers(width(c), c.labels()))),
        classes.of("ForQuestionAnswering", c -> head(c, "qa_outputs", linear(width(c), 2))));
  }

  private Block head(Config c, String name, Block head) {
    return Heads.with(c, "model", model(c), name, head);
  }

  private Block model(Config c) {
    return m ->
        m.model(c)
            .tie("decoder.embed_tokens.weight", "shared.weight")
            .tie("encoder.embed_tokens.weight", "shared.weight")
            .add("shared", Embeddings.words(c, width(c)))
            .add("encoder", encoder.apply(c))
            .add("decoder", decoder.apply(c));
  }

  private Block generation(Config c, int vocabulary) {
    return Heads.on(c, "model", model(c))
        .then(m -> m.tie("lm_head.weight", "model.shared.weight"))
        .then(words(c, vocabulary));
  }

  /** A projection to the vocabulary, and a bias that is stored but never learned. */
  static Block words(Config c, int vocabulary) {
    Value none = Value.zeros(DType.F32, 1, vocabulary);
    return m ->
        m.buffer("final_logits_bias", true, DType.F32, none, 1, vocabulary)
            .add("lm_head", linear(width(c), vocabulary, false));
  }

  private Block wrapper(Config c) {
    return Heads.on(c, "decoder", decoder.apply(c));
  }

  Block untiedCausalLm(Config c) {
    Block head = linear(width(c), c.integer("vocab_size"), false);
    return Heads.with(c, "model", wrapper(c), "lm_head", head);
  }

  /** Words, positions and layers; norms follow where a family has them. */
  static Block stack(Config c, Block positions, int layers, Block layer) {
    return m ->
        m.model(c)
            .add("embed_tokens", Embeddings.words(c, width(c)))
            .add("embed_positions", positions)
            .repeat("layers", layers, i -> layer);
  }

  /** A layer norm of the model's width after all else. */
  static Block norm(Config c, String name) {
    return m -> m.add(name, layerNorm(width(c)));
  }

  /** Keys, values, queries and output, all of one width. */
  static Block attention(int width, boolean keyBias, boolean bias) {
    return m ->
        m.add("k_proj", linear(width, width, keyBias))
            .add("v_proj", linear(width, width, bias))
            .add("q_proj", linear(width, width, bias))
            .add("out_proj", linear(width, width, bias));
  }

  /** Self-attention and a feed-forward, each with its norm. */
  static Block encoderLayer(Config c, Block attention) {
    return attended(c, "self_attn", attention).then(feedForward(c, c.integer("encoder_ffn_dim")));
  }

  /** Self-attention, attention to the encoder, and a feed-forward, each with its norm. */
  static Block decoderLayer(Config c, Block attention) {
    return attended(c, "self_attn", attention)
        .then(attended(c, "encoder_attn", attention))
        .then(feedForward(c, c.integer("decoder_ffn_dim")));
  }

  private static Block attended(Config c, String name, Block attention) {
    return m -> m.add(name, attention).add(name + "_layer_norm", layerNorm(width(c)));
  }

  private static Block feedForward(Config c, int wide) {
    return m ->
        m.add("fc1", linear(width(c), wide))
            .add("fc2", linear(wide, width(c)))
            .add("final_layer_norm", layerNorm(width(c)));
  }
}
