package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Sizes.product;
import static dev.tenon.skeleton.family.Seq2Seq.norm;
import static dev.tenon.skeleton.family.Seq2Seq.width;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;
import java.util.stream.Stream;

/**
 * BigBird-Pegasus (Zaheer et al. 2020): an encoder with sparse attention, named as BigBird's, and
 * BART's decoder. Its text-only decoder does not tie its head to its words.
 */
public final class BigBirdPegasus implements Family {
  private static final Config DEFAULTS =
      Config.defaults(
              "vocab_size", 96103,
              "max_position_embeddings", 4096,
              "encoder_layers", 16,
              "decoder_layers", 16,
              "pad_token_id", 0,
              "use_bias", false)
          .withDefaults(Bart.SHARED_DEFAULTS);

  @Override
  public String modelType() {
    return "bigbird_pegasus";
  }

  @Override
  public List<Architecture> architectures() {
    Classes classes = new Classes("BigBirdPegasus", "model", c -> Seq2Seq.complete(c, DEFAULTS));
    Seq2Seq family = new Seq2Seq(classes, BigBirdPegasus::encoder, BigBirdPegasus::decoder);
    return Stream.of(
            family.textClasses("ForConditionalGeneration"),
            family.judgingClasses(),
            List.of(classes.of("ForCausalLM", family::untiedCausalLm)))
        .flatMap(List::stream)
        .toList();
  }

  private static Block encoder(Config c) {
    Block layer = Seq2Seq.encoderLayer(c, sparseAttention(c));
    return Seq2Seq.stack(c, positions(c), c.integer("encoder_layers"), layer)
        .then(norm(c, "layernorm_embedding"));
  }

  private static Block decoder(Config c) {
    boolean bias = c.flag("use_bias");
    Block layer = Seq2Seq.decoderLayer(c, Seq2Seq.attention(width(c), bias, bias));
    return Seq2Seq.stack(c, positions(c), c.integer("decoder_layers"), layer)
        .then(norm(c, "layernorm_embedding"));
  }

  private static Block positions(Config c) {
    return embedding(c.integer("max_position_embeddings"), width(c));
  }

  private static Block sparseAttention(Config c) {
    boolean bias = c.flag("use_bias");
    int heads = c.integer("encoder_attention_heads");
    int all = product(width(c) / heads, heads);
    return m ->
        m.add(
                "self",
                s ->
                    s.add("query", linear(width(c), all, bias))
                        .add("key", linear(width(c), all, bias))
                        .add("value", linear(width(c), all, bias)))
            .add("output", linear(width(c), width(c), bias));
  }
}
