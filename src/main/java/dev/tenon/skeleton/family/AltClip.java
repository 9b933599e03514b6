package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.layerNorm;
import static dev.tenon.skeleton.build.Blocks.linear;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import java.util.List;

/**
 * AltCLIP (Chen et al. 2022): CLIP's vision encoder beside XLM-RoBERTa.
 *
 * <p>The reference has no rule for a missing {@code logit_scale}; here it is what its constructor
 * gives it, {@code logit_scale_init_value}.
 */
public final class AltClip implements Family {
  private static final Config TEXT =
      Roberta.DEFAULTS
          .with("vocab_size", 250002)
          .with("hidden_size", 1024)
          .with("intermediate_size", 4096)
          .with("num_hidden_layers", 24)
          .with("num_attention_heads", 16)
          .with("max_position_embeddings", 514)
          .with("type_vocab_size", 1)
          .with("project_dim", 768);

  private static final Config BOTH =
      Config.defaults(
          "projection_dim", 768, "logit_scale_init_value", 2.6592, "initializer_factor", 1.0);

  @Override
  public String modelType() {
    return "altclip";
  }

  @Override
  public List<Architecture> architectures() {
    return List.of(
        Architecture.of(
                "AltCLIPVisionModel",
                "altclip",
                c -> c.withDefaults(Clip.VISION),
                Clip::visionModel)
            .within("vision_config"),
        Architecture.of("AltRobertaModel", "altclip", AltClip::text, c -> roberta(c, true))
            .within("text_config"),
        Architecture.of("AltCLIPTextModel", "roberta", AltClip::text, AltClip::textModel)
            .within("text_config"),
        Architecture.of("AltCLIPModel", "altclip", c -> c.withDefaults(BOTH), AltClip::model)
            .rename("layer\\.", "layers."));
  }

  /** RoBERTa's config, of which AltCLIP never takes the decoder's part. */
  private static Config text(Config c) {
    return c.withDefaults(TEXT).with("add_cross_attention", false);
  }

  private static Block model(Config c) {
    Config text = text(Clip.part(c, "text", TEXT));
    Config vision = Clip.part(c, "vision", Clip.VISION);
    return Clip.joined(
        c,
        new Clip.Tower(textModel(text), text.integer("project_dim")),
        new Clip.Tower(Clip.visionModel(vision), vision.integer("hidden_size")));
  }

  private static Block textModel(Config c) {
    int hidden = c.integer("hidden_size");
    return m ->
        m.model(c)
            .add("roberta", roberta(c, false))
            .add("transformation", linear(hidden, c.integer("project_dim")))
            .add("pre_LN", layerNorm(hidden));
  }

  private static Block roberta(Config c, boolean pooler) {
    int hidden = c.integer("hidden_size");
    int layers = c.integer("num_hidden_layers");
    return m ->
        m.model(c)
            .add("embeddings", Roberta.embeddings(c))
            .add("encoder", e -> e.repeat("layers", layers, i -> Bert.layer(c)))
            .addIf(pooler, "pooler", p -> p.add("dense", linear(hidden, hidden)));
  }
}
