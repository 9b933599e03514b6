package dev.tenon.quantised;

import dev.tenon.skeleton.Config;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a config says of how a model's weights are packed. It is believed for numbers alone: which
 * weights are packed is told by the names in the files.
 *
 * @param field where it says so, such as {@code quantization_config}; empty if nothing is said
 * @param method {@code quant_method}, such as {@code gptq}; empty if it is not named
 * @param bits how many bits hold a number, 0 if that is not said
 * @param group how many numbers share a scale, as in {@link Packing#group}
 * @param format which of a method's layouts, such as {@code gptq_v2} or {@code gemm}; empty if it
 *     is not named
 * @param modules the modules that differ, by name
 */
public record Quantisation(
    String field,
    String method,
    int bits,
    String group,
    String format,
    Map<String, Quantisation> modules) {

  /** Nothing is said. */
  public static final Quantisation NONE = new Quantisation("", "", 0, "", "", Map.of());

  /** Copies the map. */
  public Quantisation {
    modules = Map.copyOf(modules);
  }

  /**
   * What a whole config says, for itself or for a part of the model.
   *
   * @param config a {@code config.json}
   */
  public static Quantisation of(Config config) {
    return QuantisationFields.find(config);
  }

  /**
   * What {@code hf_quant_config.json} says, which ModelOpt writes beside a config.
   *
   * @param config that file
   */
  public static Quantisation ofModelOpt(Config config) {
    return QuantisationFields.modelOpt(config);
  }

  /** A config that says nothing of packed weights, for those that are plain by now. */
  public static Config without(Config config) {
    return config.without(QuantisationFields.NAMES);
  }

  /** Whether anything is said. */
  public boolean declared() {
    return !field.isEmpty();
  }

  /** What is said of one weight. */
  Quantisation of(String weight) {
    if (modules.isEmpty()) {
      return this;
    }
    int dot = weight.lastIndexOf('.');
    @Nullable Quantisation own = modules.get(dot < 0 ? weight : weight.substring(0, dot));
    return own == null ? this : own;
  }
}
