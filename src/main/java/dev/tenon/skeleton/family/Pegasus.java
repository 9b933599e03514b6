package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.family.Seq2Seq.norm;
import static dev.tenon.skeleton.family.Seq2Seq.width;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;
import java.util.stream.Stream;

/** PEGASUS (Zhang et al. 2019): BART's layers, pre-norm, over fixed sinusoidal positions. */
public final class Pegasus implements Family {
  private static final Config DEFAULTS = Bart.SHARED_DEFAULTS.with("pad_token_id", 0);

  @Override
  public String modelType() {
    return "pegasus";
  }

  @Override
  public List<Architecture> architectures() {
    Classes classes = new Classes("Pegasus", "model", c -> Seq2Seq.complete(c, DEFAULTS));
    Seq2Seq pegasus =
        new Seq2Seq(
            classes,
            c -> encoder(c).then(norm(c, "layer_norm")),
            c -> decoder(c).then(norm(c, "layer_norm")));
    return Stream.of(pegasus.textClasses("ForConditionalGeneration"), List.of(pegasus.causalLm()))
        .flatMap(List::stream)
        .toList();
  }

  static Block encoder(Config c) {
    return Seq2Seq.stack(
        c,
        positions(c),
        c.integer("encoder_layers"),
        Seq2Seq.encoderLayer(c, Seq2Seq.attention(width(c), true, true)));
  }

  static Block decoder(Config c) {
    return Seq2Seq.stack(
        c,
        positions(c),
        c.integer("decoder_layers"),
        Seq2Seq.decoderLayer(c, Seq2Seq.attention(width(c), true, true)));
  }

  private static Block positions(Config c) {
    return Embeddings.sinusoids(c.integer("max_position_embeddings"), width(c));
  }
}
