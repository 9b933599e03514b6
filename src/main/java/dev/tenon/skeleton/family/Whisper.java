package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.conv1d;
import static dev.tenon.skeleton.build.Blocks.embedding;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.family.Seq2Seq.norm;
import static dev.tenon.skeleton.family.Seq2Seq.width;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.Sines;
import dev.tenon.skeleton.init.Value;
import dev.tenon.tensor.DType;
import dev.tenon.tensor.Shape;
import java.util.List;

/**
 * Whisper (Radford et al. 2022): two convolutions over a spectrogram, BART's layers pre-norm with
 * keys that have no bias, and a decoder tied to its words.
 */
public final class Whisper implements Family {
  private static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 51865,
          "num_mel_bins", 80,
          "encoder_layers", 4,
          "encoder_attention_heads", 6,
          "decoder_layers", 4,
          "decoder_ffn_dim", 1536,
          "encoder_ffn_dim", 1536,
          "d_model", 384,
          "init_std", 0.02,
          "max_source_positions", 1500,
          "max_target_positions", 448,
          "pad_token_id", 50256,
          "use_weighted_layer_sum", false,
          "classifier_proj_size", 256,
          "tie_word_embeddings", true);

  @Override
  public String modelType() {
    return "whisper";
  }

  @Override
  public List<Architecture> architectures() {
    Classes classes = new Classes("Whisper", "model", c -> Seq2Seq.complete(c, DEFAULTS));
    return List.of(
        classes.of("Encoder", Whisper::encoder),
        classes.of("Decoder", Whisper::decoder),
        classes.of("Model", Whisper::both),
        classes.of("ForConditionalGeneration", c -> words(c, both(c))),
        classes.of("DecoderWrapper", c -> Heads.on(c, "decoder", decoder(c))),
        classes.of("ForCausalLM", c -> words(c, Heads.on(c, "decoder", decoder(c)))),
        classes.of("ForAudioClassification", Whisper::audioClassification));
  }

  private static Block both(Config c) {
    return Heads.with(c, "encoder", encoder(c), "decoder", decoder(c));
  }

  private static Block words(Config c, Block model) {
    Block head = linear(width(c), c.integer("vocab_size"), false);
    return Heads.with(c, "model", model, "proj_out", head)
        .then(m -> m.tie("proj_out.weight", "model.decoder.embed_tokens.weight"));
  }

  private static Block encoder(Config c) {
    int positions = c.integer("max_source_positions");
    Block layer = Seq2Seq.encoderLayer(c, attention(c));
    Block model =
        m ->
            m.model(c)
                .add("conv1", conv1d(c.integer("num_mel_bins"), width(c), 3, 1, true))
                .add("conv2", conv1d(width(c), width(c), 3, 1, true))
                .add("embed_positions", Embeddings.frozen(positions, width(c)))
                .repeat("layers", c.integer("encoder_layers"), i -> layer);
    Value sinusoids = sinusoids(positions, width(c));
    return model
        .then(norm(c, "layer_norm"))
        .then(m -> m.init(init -> init.copy("embed_positions.weight", sinusoids)));
  }

  private static Block decoder(Config c) {
    Block positions = embedding(c.integer("max_target_positions"), width(c));
    Block layer = Seq2Seq.decoderLayer(c, attention(c));
    return Seq2Seq.stack(c, positions, c.integer("decoder_layers"), layer)
        .then(norm(c, "layer_norm"));
  }

  private static Block attention(Config c) {
    return Seq2Seq.attention(width(c), false, true);
  }

  /**
   * Sines of all wavelengths, then cosines; wavelengths grow to 10000 evenly in log. Scales and
   * angles are float32 as in the reference. Scales are rounded from double precision: the last bit
   * of torch's own float32 exponential is the processor's.
   */
  private static Value sinusoids(int length, int channels) {
    int half = channels / 2;
    float step = (float) -(Math.log(10000) / (half - 1));
    return new Value.Numbers(
        Shape.of(length, channels),
        DType.F32,
        () -> {
          double[] numbers = new double[Math.multiplyExact(length, channels)];
          for (int i = 0; i < half; i++) {
            float scale = (float) Math.exp(i * step);
            for (int position = 0; position < length; position++) {
              float angle = position * scale;
              numbers[position * channels + i] = Sines.sin(angle);
              numbers[position * channels + half + i] = Sines.cos(angle);
            }
          }
          return numbers;
        });
  }

  /** Labels for a recording, from the encoder's last layer or a learned mean over all of them. */
  private static Block audioClassification(Config c) {
    int inner = c.integer("classifier_proj_size");
    Block heads =
        m ->
            m.add("projector", linear(width(c), inner))
                .add("classifier", linear(inner, c.labels()));
    Block model = Heads.on(c, "encoder", encoder(c)).then(heads);
    if (!c.flag("use_weighted_layer_sum", false)) {
      return model;
    }
    int states = c.integer("encoder_layers") + 1;
    InitRule even = new InitRule.Constant(1.0 / states);
    return model.then(
        m ->
            m.parameter("layer_weights", even, states)
                .init(init -> init.rule("layer_weights", even)));
  }
}
