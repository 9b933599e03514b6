package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.conv1d;
import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Sizes.product;
import static dev.tenon.skeleton.family.Seq2Seq.norm;
import static dev.tenon.skeleton.family.Seq2Seq.width;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Autoformer (Wu et al. 2021): forecasts time series with an encoder and a decoder that take trends
 * apart, and ends in the parameters of a distribution.
 */
public final class Autoformer implements Family {
  private static final Config DEFAULTS =
      Config.defaults(
          "distribution_output", "student_t",
          "input_size", 1,
          "lags_sequence", List.of(1, 2, 3, 4, 5, 6, 7),
          "num_time_features", 0,
          "num_dynamic_real_features", 0,
          "num_static_categorical_features", 0,
          "num_static_real_features", 0,
          "d_model", 64,
          "encoder_attention_heads", 2,
          "encoder_layers", 2,
          "decoder_layers", 2,
          "encoder_ffn_dim", 32,
          "decoder_ffn_dim", 32,
          "init_std", 0.02);

  @Override
  public String modelType() {
    return "autoformer";
  }

  @Override
  public List<Architecture> architectures() {
    Classes classes = new Classes("Autoformer", "model", c -> Seq2Seq.complete(c, DEFAULTS));
    return List.of(
        classes.of("Encoder", Autoformer::encoder),
        classes.of("Decoder", Autoformer::decoder),
        classes.of("Model", Autoformer::model),
        classes.of("ForPrediction", Autoformer::prediction));
  }

  private static Block model(Config c) {
    List<Integer> widths = categoryWidths(c);
    List<Block> tables =
        IntStream.range(0, widths.size())
            .mapToObj(i -> embedding(categories(c).get(i), widths.get(i)))
            .toList();
    return m ->
        m.model(c)
            .addIf(categorical(c), "embedder", e -> e.list("embedders", tables))
            .add("encoder", encoder(c))
            .add("decoder", decoder(c));
  }

  private static Block prediction(Config c) {
    int parameters =
        switch (c.string("distribution_output")) {
          case "student_t" -> 3;
          case "normal", "negative_binomial" -> 2;
          default ->
              throw new TenonException(
                  "Unknown distribution: file=%s, distribution_output=%s"
                      .formatted(c, c.string("distribution_output")));
        };
    Block projection = linear(features(c), c.integer("input_size"));
    return Heads.with(
        c,
        "model",
        model(c),
        "parameter_projection",
        m -> m.repeat("proj", parameters, i -> projection));
  }

  private static Block encoder(Config c) {
    Block layer = Seq2Seq.encoderLayer(c, attention(c)).then(wrappedNorm(c));
    return stack(c, c.integer("encoder_layers"), layer);
  }

  private static Block decoder(Config c) {
    Block trend = conv1d(width(c), features(c), 3, 1, false);
    Block layer =
        Seq2Seq.decoderLayer(c, attention(c))
            .then(wrappedNorm(c))
            .then(m -> m.add("trend_projection", trend));
    return stack(c, c.integer("decoder_layers"), layer)
        .then(m -> m.add("seasonality_projection", linear(width(c), features(c))));
  }

  private static Block stack(Config c, int layers, Block layer) {
    int prediction = c.integer("prediction_length");
    int positions = c.integer("context_length", prediction) + prediction;
    Block value = m -> m.add("value_projection", linear(features(c), width(c), false));
    Block model =
        m ->
            m.model(c)
                .add("value_embedding", value)
                .add("embed_positions", Embeddings.sinusoids(positions, width(c)))
                .repeat("layers", layers, i -> layer);
    return model.then(norm(c, "layernorm_embedding"));
  }

  private static Block attention(Config c) {
    return Seq2Seq.attention(width(c), true, true);
  }

  /**
   * The last norm of a layer takes the mean over time out, and so stands in a module of its own.
   */
  private static Block wrappedNorm(Config c) {
    return m -> m.add("final_layer_norm", n -> n.add("layernorm", layerNorm(width(c))));
  }

  private static boolean categorical(Config c) {
    return c.integer("num_static_categorical_features") > 0;
  }

  /** How many values each static categorical feature has. */
  private static List<Integer> categories(Config c) {
    return categorical(c) && c.has("cardinality") ? c.integers("cardinality") : List.of(0);
  }

  private static List<Integer> categoryWidths(Config c) {
    return categorical(c) && c.has("embedding_dimension")
        ? c.integers("embedding_dimension")
        : categories(c).stream().map(count -> Math.min(50, (count + 1) / 2)).toList();
  }

  /** What one time step holds: lagged values, features of all kinds, and two scales an input. */
  private static int features(Config c) {
    int inputs = c.integer("input_size");
    int computed =
        product(inputs, c.integers("lags_sequence").size())
            + categoryWidths(c).stream().mapToInt(Integer::intValue).sum()
            + c.integer("num_dynamic_real_features")
            + c.integer("num_time_features")
            + c.integer("num_static_real_features")
            + product(2, inputs);
    return c.integer("feature_size", computed);
  }
}
