package dev.tenon.skeleton.family;

import static dev.tenon.skeleton.build.Blocks.linear;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.init.InitRule;
import java.util.List;

/** ALIGN (Jia et al. 2021): BERT for text and EfficientNet for images, in one space. */
public final class Align implements Family {
  private static final Config BOTH =
      Config.defaults(
          "projection_dim", 640, "temperature_init_value", 1.0, "initializer_range", 0.02);

  @Override
  public String modelType() {
    return "align";
  }

  @Override
  public List<Architecture> architectures() {
    return List.of(
        Architecture.of("AlignTextModel", "align", Align::text, c -> Bert.model(c, true))
            .within("text_config"),
        Architecture.of(
                "AlignVisionModel",
                "align",
                c -> c.withDefaults(EfficientNet.DEFAULTS),
                c -> new EfficientNet(c).model())
            .within("vision_config"),
        Architecture.of("AlignModel", "align", c -> c.withDefaults(BOTH), Align::model));
  }

  /** BERT's config, of which ALIGN never takes the decoder's part. */
  private static Config text(Config c) {
    return c.withDefaults(Bert.DEFAULTS).with("add_cross_attention", false);
  }

  private static Block model(Config c) {
    Config text = text(c.sub("text_config"));
    Config vision = c.sub("vision_config").withDefaults(EfficientNet.DEFAULTS);
    InitRule temperature = new InitRule.Constant(c.number("temperature_init_value"));
    int hidden = text.integer("hidden_size");
    return m ->
        m.model(c)
            .parameter("temperature", temperature)
            .add("text_model", Bert.model(text, true))
            .add("vision_model", new EfficientNet(vision).model())
            .add("text_projection", linear(hidden, c.integer("projection_dim")))
            .init(
                init ->
                    init.rule("text_projection.weight", new InitRule.XavierUniform(1))
                        .zeros("text_projection.bias")
                        .rule("temperature", temperature));
  }
}
