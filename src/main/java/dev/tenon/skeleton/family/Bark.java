package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Sizes.product;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Blocks;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.init.Value;
import dev.tenon.tensor.DType;
import java.util.List;
import java.util.function.Function;

/**
 * Bark (Suno 2023): text to semantic tokens, those to coarse and those to fine codes, each by a
 * transformer of its own, and a codec that makes sound of them.
 *
 * <p>The reference never writes the factors of the codec's weight-normalised convolutions. Fresh
 * memory makes them zero there, and so they are zero here.
 */
public final class Bark implements Family {
  private static final Config PART =
      Config.defaults(
          "block_size", 1024,
          "input_vocab_size", 10048,
          "output_vocab_size", 10048,
          "num_layers", 12,
          "hidden_size", 768,
          "bias", true,
          "initializer_range", 0.02);

  private static final Config FINE =
      PART.with("tie_word_embeddings", true).with("n_codes_total", 8).with("n_codes_given", 1);

  @Override
  public String modelType() {
    return "bark";
  }

  @Override
  public List<Architecture> architectures() {
    return List.of(
        part("BarkSemanticModel", "semantic", PART, Bark::causal),
        part("BarkCoarseModel", "coarse_acoustics", PART, Bark::causal),
        part("BarkFineModel", "fine_acoustics", FINE, Bark::fine),
        Architecture.of("BarkModel", "", c -> c, Bark::model));
  }

  private static Architecture part(
      String name, String prefix, Config defaults, Function<Config, Block> describe) {
    return Architecture.of(name, prefix, c -> withDefaults(c, defaults), describe)
        .within(prefix + "_config");
  }

  private static Config withDefaults(Config c, Config defaults) {
    return c.withAliases(
            "num_hidden_layers", "num_layers",
            "vocab_size", "input_vocab_size",
            "window_size", "block_size")
        .withDefaults(defaults);
  }

  private static Block model(Config c) {
    Config codec = c.sub("codec_config");
    String type = codec.string("model_type", "encodec");
    if (!type.equals("encodec")) {
      throw new TenonException(
          "No such codec: file=%s, expected=encodec, actual=%s".formatted(codec, type));
    }
    return m ->
        m.model(c)
            .add("semantic", causal(withDefaults(c.sub("semantic_config"), PART)))
            .add("coarse_acoustics", causal(withDefaults(c.sub("coarse_acoustics_config"), PART)))
            .add("fine_acoustics", fine(withDefaults(c.sub("fine_acoustics_config"), FINE)))
            .add("codec_model", Encodec.model(codec));
  }

  /** One codebook in, one out; every position sees those before it. */
  private static Block causal(Config c) {
    int hidden = c.integer("hidden_size");
    boolean bias = c.flag("bias");
    return m ->
        m.model(c)
            .add("input_embeds_layer", embedding(c.integer("input_vocab_size"), hidden))
            .add("position_embeds_layer", embedding(c.integer("block_size"), hidden))
            .repeat("layers", c.integer("num_layers"), i -> layer(c, bias, mask(c)))
            .add("layernorm_final", layerNorm(hidden, bias))
            .add("lm_head", linear(hidden, c.integer("output_vocab_size"), false));
  }

  /** All codebooks in, one head for each that is predicted; every position sees all. */
  private static Block fine(Config c) {
    int hidden = c.integer("hidden_size");
    int words = c.integer("input_vocab_size");
    int codes = c.integer("n_codes_total");
    int heads = codes - c.integer("n_codes_given");
    // Tied heads have the rows of the table they are tied to.
    int rows = c.flag("tie_word_embeddings", false) ? words : c.integer("output_vocab_size");
    Block head = linear(hidden, rows, false);
    return m -> {
      m.model(c)
          .repeat("input_embeds_layers", codes, i -> embedding(words, hidden))
          .add("position_embeds_layer", embedding(c.integer("block_size"), hidden))
          .repeat("layers", c.integer("num_layers"), i -> layer(c, true, Blocks.EMPTY))
          .add("layernorm_final", layerNorm(hidden))
          .repeat("lm_heads", heads, i -> head);
      for (int i = 0; i < heads; i++) {
        m.tie("lm_heads." + i + ".weight", "input_embeds_layers." + (i + 1) + ".weight");
      }
    };
  }

  private static Block layer(Config c, boolean normBias, Block mask) {
    int hidden = c.integer("hidden_size");
    boolean bias = c.flag("bias");
    Block attention =
        m ->
            m.add("att_proj", linear(hidden, product(3, hidden), bias))
                .add("out_proj", linear(hidden, hidden, bias));
    Block mlp =
        m ->
            m.add("in_proj", linear(hidden, product(4, hidden), bias))
                .add("out_proj", linear(product(4, hidden), hidden, bias));
    return m ->
        m.add("layernorm_1", layerNorm(hidden, normBias))
            .add("layernorm_2", layerNorm(hidden, normBias))
            .add("attn", attention.then(mask))
            .add("mlp", mlp);
  }

  /** Which positions each may see, kept in checkpoints under the name {@code bias}. */
  private static Block mask(Config c) {
    int size = c.integer("block_size");
    Value seen = Value.ones(DType.BOOL, size, size).apply(Value.Op.TRIL);
    return m ->
        m.buffer("bias", true, DType.BOOL, seen.reshape(1, 1, size, size), 1, 1, size, size);
  }
}
