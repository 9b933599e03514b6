package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.conv2d;
import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;
import static dev.tenon.skeleton.build.Sizes.product;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.init.InitRule;
import java.util.List;

/** Audio Spectrogram Transformer (Gong et al. 2021): ViT over overlapping patches of a sound. */
public final class AudioSpectrogramTransformer implements Family {
  private static final String BASE = "audio_spectrogram_transformer";

  static final Config DEFAULTS =
      Config.defaults(
          "hidden_size", 768,
          "num_hidden_layers", 12,
          "num_attention_heads", 12,
          "intermediate_size", 3072,
          "initializer_range", 0.02,
          "patch_size", 16,
          "qkv_bias", true,
          "frequency_stride", 10,
          "time_stride", 10,
          "max_length", 1024,
          "num_mel_bins", 128);

  @Override
  public String modelType() {
    return "audio-spectrogram-transformer";
  }

  @Override
  public List<Architecture> architectures() {
    Classes ast = new Classes("AST", BASE, c -> c.withDefaults(DEFAULTS));
    return List.of(
        ast.of("Model", AudioSpectrogramTransformer::model),
        ast.of("ForAudioClassification", AudioSpectrogramTransformer::classifier));
  }

  private static Block model(Config c) {
    Block layer = Vision.layer(c, Vision.attention(c));
    return m ->
        m.model(c)
            .with(Vision.spellings())
            .add("embeddings", embeddings(c))
            .repeat("layers", c.integer("num_hidden_layers"), i -> layer)
            .add("layernorm", layerNorm(c.integer("hidden_size")));
  }

  private static Block embeddings(Config c) {
    int hidden = c.integer("hidden_size");
    int patch = c.integer("patch_size");
    int high = patches(c.integer("num_mel_bins"), patch, c.integer("frequency_stride"));
    int wide = patches(c.integer("max_length"), patch, c.integer("time_stride"));
    return m ->
        m.parameter("cls_token", InitRule.ZEROS, 1, 1, hidden)
            .parameter("distillation_token", InitRule.ZEROS, 1, 1, hidden)
            .parameter("position_embeddings", InitRule.ZEROS, 1, product(high, wide) + 2, hidden)
            .add("patch_embeddings", p -> p.add("projection", conv2d(1, hidden, patch)));
  }

  private static int patches(int length, int patch, int stride) {
    return Math.floorDiv(length - patch, stride) + 1;
  }

  private static Block classifier(Config c) {
    int hidden = c.integer("hidden_size");
    return m ->
        m.model(c)
            .add(BASE, model(c))
            .add(
                "classifier",
                h ->
                    h.add("layernorm", layerNorm(hidden))
                        .addIf(c.labels() > 0, "dense", linear(hidden, c.labels())));
  }
}
