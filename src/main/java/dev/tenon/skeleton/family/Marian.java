package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.family.Seq2Seq.width;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;

/**
 * Marian (Junczys-Dowmunt et al. 2018): translation with fixed sinusoidal positions. Encoder and
 * decoder share their words unless {@code share_encoder_decoder_embeddings} is false.
 */
public final class Marian implements Family {
  private static final Config DEFAULTS =
      Config.defaults(
              "vocab_size",
              58101,
              "decoder_vocab_size",
              null,
              "pad_token_id",
              58100,
              "share_encoder_decoder_embeddings",
              true)
          .withDefaults(Bart.SHARED_DEFAULTS);

  /** Computed from the config, so that no checkpoint needs them. */
  private static final String[] POSITIONS = {
    "model.decoder.embed_positions.weight", "model.encoder.embed_positions.weight"
  };

  @Override
  public String modelType() {
    return "marian";
  }

  @Override
  public List<Architecture> architectures() {
    Classes classes = new Classes("Marian", "model", c -> Seq2Seq.complete(c, DEFAULTS));
    return List.of(
        classes.of("Encoder", Pegasus::encoder),
        classes.of("Decoder", c -> decoder(c, decoderVocabulary(c))),
        classes.of("Model", Marian::model).ignoreMissing(POSITIONS),
        classes
            .of("MTModel", Marian::translation)
            .ignoreMissing("final_logits_bias")
            .ignoreMissing(POSITIONS)
            .ignoreOnSave(POSITIONS),
        classes.of("DecoderWrapper", Marian::wrapper),
        classes.of("ForCausalLM", Marian::causalLm));
  }

  private static Block decoder(Config c, int vocabulary) {
    return Pegasus.decoder(c)
        .then(m -> m.add("embed_tokens", Embeddings.words(c, vocabulary, width(c))));
  }

  private static int decoderVocabulary(Config c) {
    int own = c.integer("decoder_vocab_size", 0);
    return own == 0 ? c.integer("vocab_size") : own;
  }

  private static boolean shared(Config c) {
    return c.flag("share_encoder_decoder_embeddings", false);
  }

  private static boolean tied(Config c) {
    return c.flag("tie_word_embeddings", false);
  }

  /** Encoder and decoder; tied words have the rows of the table they are tied to. */
  private static Block model(Config c) {
    boolean one = shared(c) && tied(c);
    int decoderRows = one ? c.integer("vocab_size") : decoderVocabulary(c);
    Block parts =
        m ->
            m.model(c)
                .addIf(shared(c), "shared", Embeddings.words(c, width(c)))
                .add("encoder", Pegasus.encoder(c))
                .add("decoder", decoder(c, decoderRows));
    return one ? parts.then(tiedWords()) : parts;
  }

  private static Block tiedWords() {
    return m ->
        m.tie("decoder.embed_tokens.weight", "shared.weight")
            .tie("encoder.embed_tokens.weight", "shared.weight");
  }

  private static Block translation(Config c) {
    int vocabulary = shared(c) ? c.integer("vocab_size") : decoderVocabulary(c);
    String words = shared(c) ? "model.shared.weight" : "model.decoder.embed_tokens.weight";
    return Heads.on(c, "model", model(c))
        .then(Seq2Seq.words(c, vocabulary))
        .then(m -> m.tie("lm_head.weight", words));
  }

  private static Block wrapper(Config c) {
    return Heads.on(c, "decoder", decoder(c, decoderVocabulary(c)));
  }

  private static Block causalLm(Config c) {
    int vocabulary = tied(c) ? decoderVocabulary(c) : c.integer("vocab_size");
    return Heads.with(c, "model", wrapper(c), "lm_head", linear(width(c), vocabulary, false))
        .then(m -> m.tie("lm_head.weight", "model.decoder.embed_tokens.weight"));
  }
}
