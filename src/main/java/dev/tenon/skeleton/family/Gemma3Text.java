package dev.tenon.skeleton.family;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Block;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.build.Rope;
import dev.tenon.skeleton.build.RopeParameters;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Gemma 3 (Google 2025), text alone: Gemma 2 with a norm on queries and keys, and rotary
 * frequencies of their own for each kind of layer.
 */
public final class Gemma3Text implements Family {
  static final Config DEFAULTS =
      Config.defaults(
          "vocab_size", 262208,
          "hidden_size", 2304,
          "intermediate_size", 9216,
          "num_hidden_layers", 26,
          "num_attention_heads", 8,
          "num_key_value_heads", 4,
          "head_dim", 256,
          "max_position_embeddings", 131072,
          "initializer_range", 0.02,
          "pad_token_id", 0,
          "attention_bias", false,
          "tie_word_embeddings", true);

  private static final Config PLAIN = Config.defaults("rope_type", "default");

  @Override
  public String modelType() {
    return "gemma3_text";
  }

  @Override
  public List<Architecture> architectures() {
    return List.of(
        of("Gemma3TextModel", Gemma3Text::model),
        of("Gemma3ForCausalLM", c -> Heads.causalLm(c, "model", model(c))),
        of(
            "Gemma3TextForSequenceClassification",
            c -> Heads.sequenceClassification(c, "model", model(c))));
  }

  private static Architecture of(String name, Function<Config, Block> describe) {
    return Architecture.of(name, "model", c -> c.withDefaults(DEFAULTS), describe);
  }

  static Block model(Config c) {
    int head = Llama.headDim(c);
    Block attention =
        Llama.attention(c, c.flag("attention_bias"))
            .then(
                m ->
                    m.add("q_norm", Gemma2.centeredNorm(head))
                        .add("k_norm", Gemma2.centeredNorm(head)));
    return Gemma2.model(c, attention, rotary(c));
  }

  private static Block rotary(Config c) {
    return m -> {
      for (String type : layerTypes(c)) {
        Rope.rotary(type + "_", rope(c, type), Llama.headDim(c)).describe(m);
      }
    };
  }

  /** The kinds of layers there are, sorted: sliding ones with a full one after every few. */
  private static SortedSet<String> layerTypes(Config c) {
    SortedSet<String> types = new TreeSet<>(c.strings("layer_types"));
    if (!c.has("layer_types")) {
      int pattern = c.integer("sliding_window_pattern", 6);
      for (int i = 1; i <= c.integer("num_hidden_layers"); i++) {
        types.add(i % pattern == 0 ? "full_attention" : "sliding_attention");
      }
    }
    return types;
  }

  /**
   * Older configs scale the full layers alone, in {@code rope_scaling}, and name the sliding ones'
   * wavelength {@code rope_local_base_freq}.
   */
  private static RopeParameters rope(Config c, String type) {
    Config nested = c.sub("rope_parameters");
    Config fields = nested.isObject(type) ? nested.sub(type) : PLAIN;
    if (type.equals("full_attention")) {
      return RopeParameters.of(c, c.sub("rope_scaling").withDefaults(fields), 1000000);
    }
    return RopeParameters.of(
        c.with("rope_theta", null), fields, c.number("rope_local_base_freq", 10000));
  }
}
