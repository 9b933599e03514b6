package dev.tenon.skeleton.build;

import dev.tenon.skeleton.Config;
import java.util.List;

/**
 * The rotary settings of one kind of layer, whichever way a config spells them: {@code
 * rope_parameters}, or the older {@code rope_scaling} with {@code rope_theta} beside it. Source:
 * {@code RotaryEmbeddingConfigMixin} of transformers 5.18.
 *
 * @param fields what the config says of this kind of layer
 * @param type {@code default}, {@code linear}, {@code dynamic}, {@code yarn}, {@code longrope},
 *     {@code llama3} or {@code proportional}
 * @param theta base wavelength
 * @param partial share of the head's dimensions that rotate
 * @param maxPositions {@code max_position_embeddings}, or 0
 * @param originalPositions positions the model was first trained on
 */
public record RopeParameters(
    Config fields,
    String type,
    double theta,
    double partial,
    int maxPositions,
    int originalPositions) {

  /**
   * The settings all layers share, with the family's own {@code theta} where the config has none.
   */
  public static RopeParameters of(Config config, double theta) {
    return of(config, merged(config), theta);
  }

  /** The settings of one layer type where {@code rope_parameters} is nested by type. */
  public static RopeParameters of(Config config, String layerType, double theta) {
    Config all = merged(config);
    return of(config, all.isObject(layerType) ? all.sub(layerType) : all, theta);
  }

  /** This with another type, for families that give an old name another meaning. */
  public RopeParameters withType(String type) {
    return new RopeParameters(fields, type, theta, partial, maxPositions, originalPositions);
  }

  private static Config merged(Config config) {
    boolean legacy =
        config.isObject("rope_scaling") && !config.sub("rope_scaling").names().isEmpty();
    return config.sub(legacy ? "rope_scaling" : "rope_parameters");
  }

  /**
   * The settings of one kind of layer that a family found itself.
   *
   * @param config the model's config, for what {@code fields} leave out
   */
  public static RopeParameters of(Config config, Config fields, double defaultTheta) {
    String type = fields.string("rope_type", fields.string("type", "default"));
    double theta = fields.number("rope_theta", config.number("rope_theta", defaultTheta));
    double partial =
        fields.number("partial_rotary_factor", config.number("partial_rotary_factor", 1.0));
    int max = config.integer("max_position_embeddings", 0);
    int original =
        config.integer(
            "original_max_position_embeddings",
            fields.integer("original_max_position_embeddings", max));
    return new RopeParameters(fields, type, theta, partial, max, original);
  }

  /** {@code factor}, or what the two lengths imply where a type allows that. */
  double factor() {
    return fields.number("factor", (double) maxPositions / originalPositions);
  }

  List<Double> shortFactors() {
    return fields.numbers("short_factor");
  }
}
