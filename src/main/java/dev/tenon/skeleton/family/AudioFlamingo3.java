package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.conv1d;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.registry.Families;
import java.util.List;

/** Audio Flamingo 3 (Goel et al. 2025): a Whisper-like encoder before a text decoder. */
public final class AudioFlamingo3 implements Family {
  static final Config ENCODER =
      Config.defaults(
          "num_mel_bins", 128,
          "num_hidden_layers", 32,
          "num_attention_heads", 20,
          "intermediate_size", 5120,
          "hidden_size", 1280,
          "initializer_range", 0.02,
          "max_source_positions", 1500);

  @Override
  public String modelType() {
    return "audioflamingo3";
  }

  @Override
  public List<Architecture> architectures() {
    Config defaults = Config.defaults("projector_bias", true);
    Classes classes = new Classes("AudioFlamingo3", "model", c -> c.withDefaults(defaults));
    return List.of(
        Architecture.of(
                "AudioFlamingo3Encoder", "model", AudioFlamingo3::encoderConfig, c -> encoder(c))
            .within("audio_config"),
        classes.of("Model", AudioFlamingo3::model),
        classes
            .of("ForConditionalGeneration", AudioFlamingo3::conditional)
            .rename("^language_model.model", "model.language_model")
            .rename("^language_model.lm_head", "lm_head")
            .rename("^audio_tower", "model.audio_tower")
            .rename("^multi_modal_projector", "model.multi_modal_projector"));
  }

  private static Config encoderConfig(Config c) {
    return c.withAliases(
            "d_model", "hidden_size",
            "encoder_layers", "num_hidden_layers",
            "encoder_attention_heads", "num_attention_heads",
            "encoder_ffn_dim", "intermediate_size")
        .withDefaults(ENCODER);
  }

  /** The family of the text decoder, which is any that has a base model. */
  private static Architecture textFamily(Config c) {
    return Families.baseModel(c.sub("text_config").string("model_type", "qwen2"));
  }

  private static Config text(Config c) {
    return textFamily(c).defaults().apply(c.sub("text_config"));
  }

  private static Block conditional(Config c) {
    Config text = text(c);
    return m ->
        m.model(c)
            .add("model", model(c))
            .add("lm_head", linear(text.integer("hidden_size"), text.integer("vocab_size"), false));
  }

  private static Block model(Config c) {
    Config audio = encoderConfig(c.sub("audio_config"));
    Config text = text(c);
    return m ->
        m.model(c)
            .rename("^language_model.model", "language_model")
            .add("audio_tower", encoder(audio))
            .add("language_model", textFamily(c).inside(text))
            .add("multi_modal_projector", projector(c, audio, text));
  }

  private static Block projector(Config c, Config audio, Config text) {
    boolean bias = c.flag("projector_bias");
    int told = text.integer("hidden_size");
    return m ->
        m.add("linear_1", linear(audio.integer("hidden_size"), told, bias))
            .add("linear_2", linear(told, told, bias));
  }

  private static Block encoder(Config c) {
    int hidden = c.integer("hidden_size");
    return m ->
        m.model(c)
            .add("conv1", conv1d(c.integer("num_mel_bins"), hidden, 3, 1, true))
            .add("conv2", conv1d(hidden, hidden, 3, 1, true))
            .add("embed_positions", Embeddings.frozen(c.integer("max_source_positions"), hidden))
            .repeat("layers", c.integer("num_hidden_layers"), i -> layer(c))
            .add("layer_norm", layerNorm(hidden));
  }

  private static Block layer(Config c) {
    int hidden = c.integer("hidden_size");
    int wide = c.integer("intermediate_size");
    Block attention =
        m ->
            m.add("k_proj", linear(hidden, hidden, false))
                .add("v_proj", linear(hidden, hidden))
                .add("q_proj", linear(hidden, hidden))
                .add("out_proj", linear(hidden, hidden));
    return m ->
        m.add("self_attn", attention)
            .add("self_attn_layer_norm", layerNorm(hidden))
            .with(Vision.mlp(hidden, wide))
            .add("final_layer_norm", layerNorm(hidden));
  }
}
