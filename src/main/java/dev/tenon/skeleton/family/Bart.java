package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.family.Seq2Seq.norm;
import static dev.tenon.skeleton.family.Seq2Seq.width;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;
import java.util.stream.Stream;

/** BART (Lewis et al. 2019): a post-norm encoder and decoder over one table of words. */
public final class Bart implements Family {
  /** What most families after BART start from. */
  static final Config SHARED_DEFAULTS =
      Config.defaults(
          "vocab_size", 50265,
          "max_position_embeddings", 1024,
          "encoder_layers", 12,
          "encoder_ffn_dim", 4096,
          "decoder_layers", 12,
          "decoder_ffn_dim", 4096,
          "encoder_attention_heads", 16,
          "d_model", 1024,
          "init_std", 0.02,
          "pad_token_id", 1,
          "tie_word_embeddings", true);

  private static final Config UNLABELLED = SHARED_DEFAULTS.with("num_labels", 3);

  @Override
  public String modelType() {
    return "bart";
  }

  @Override
  public List<Architecture> architectures() {
    Classes classes = new Classes("Bart", "model", Bart::complete);
    Seq2Seq bart = new Seq2Seq(classes, Bart::encoder, Bart::decoder);
    return Stream.of(
            bart.textClasses("ForConditionalGeneration"),
            bart.judgingClasses(),
            List.of(bart.causalLm()),
            bare(classes))
        .flatMap(List::stream)
        .map(architecture -> architecture.ignoreUnexpected("decoder.version", "encoder.version"))
        .toList();
  }

  private static Config complete(Config c) {
    return Seq2Seq.complete(c, c.has("id2label") ? SHARED_DEFAULTS : UNLABELLED);
  }

  /** Two old names of the class all others extend, which has no tensors. */
  private static List<Architecture> bare(Classes bart) {
    return Stream.of("PretrainedBartModel", "BartPretrainedModel")
        .map(name -> Architecture.of(name, "model", bart.defaults(), c -> m -> m.model(c)))
        .toList();
  }

  static Block encoder(Config c) {
    return Seq2Seq.stack(
            c, positions(c), c.integer("encoder_layers"), Seq2Seq.encoderLayer(c, attention(c)))
        .then(norm(c, "layernorm_embedding"));
  }

  static Block decoder(Config c) {
    return Seq2Seq.stack(
            c, positions(c), c.integer("decoder_layers"), Seq2Seq.decoderLayer(c, attention(c)))
        .then(norm(c, "layernorm_embedding"));
  }

  private static Block attention(Config c) {
    return Seq2Seq.attention(width(c), true, true);
  }

  /** Learned positions; the first two rows are never looked up. */
  private static Block positions(Config c) {
    return embedding(c.integer("max_position_embeddings") + 2L, width(c));
  }
}
