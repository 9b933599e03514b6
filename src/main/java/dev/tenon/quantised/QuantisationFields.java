package dev.tenon.quantised;

import dev.tenon.skeleton.Config;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where configs say how weights are packed, and in which words. Fields of another type than theirs
 * say nothing: nobody promises what a method that is not known calls {@code bits}.
 */
final class QuantisationFields {
  private static final List<String> FIELDS = List.of("quantization_config", "compression_config");
  private static final String MLX = "quantization";

  /** What a config may call it. */
  static final Set<String> NAMES = Set.of("quantization_config", "compression_config", MLX);

  private static final List<String> BITS = List.of("bits", "num_bits", "nbits", "w_bit");
  private static final List<String> FORMAT =
      List.of("checkpoint_format", "version", "format", "linear_class");
  private static final List<String> GROUP = List.of("group_size", "q_group_size");

  private QuantisationFields() {}

  /** The outermost statement counts, the first of several at one depth. */
  static Quantisation find(Config config) {
    List<Config> level = List.of(config);
    while (!level.isEmpty()) {
      List<Config> below = new ArrayList<>();
      for (Config part : level) {
        Quantisation found = in(part);
        if (found.declared()) {
          return found;
        }
        below.addAll(part.parts());
      }
      level = below;
    }
    return Quantisation.NONE;
  }

  static Quantisation modelOpt(Config config) {
    Config fields = config.isObject(MLX) ? config.sub(MLX) : config;
    return read(fields, "hf_quant_config.json", "modelopt");
  }

  private static Quantisation in(Config config) {
    for (String field : FIELDS) {
      if (config.has(field) && !config.sub(field).names().isEmpty()) {
        Config fields = config.sub(field);
        return read(fields, field, fields.isText("quant_method") ? "" : implied(config, fields));
      }
    }
    if (config.isObject(MLX) && isMlx(config.sub(MLX))) {
      return read(config.sub(MLX), MLX, "mlx");
    }
    return Quantisation.NONE;
  }

  /** The method of a statement that does not name it. */
  private static String implied(Config config, Config fields) {
    if (fields.mentions("load_in_4bit") || fields.mentions("load_in_8bit")) {
      return "bitsandbytes";
    } else if (fields.mentions("quant_algo")) {
      return "modelopt";
    } else if (fields.mentions("config_groups")) {
      return "compressed-tensors";
    }
    // MLX writes the same object under both names.
    return config.isObject(MLX) && isMlx(fields) ? "mlx" : "";
  }

  private static boolean isMlx(Config fields) {
    return fields.isInteger("bits") || fields.isInteger("group_size");
  }

  private static Quantisation read(Config fields, String field, String implied) {
    Config numbers = numbers(fields);
    Map<String, Quantisation> modules = new HashMap<>();
    if (implied.equals("mlx")) {
      for (String name : fields.names()) {
        if (fields.isObject(name)) {
          modules.put(name, read(fields.sub(name), field, ""));
        }
      }
    }
    String method = implied.isEmpty() ? text(fields, "quant_method") : implied;
    return new Quantisation(
        field, method, bits(numbers, fields), group(numbers, fields), format(fields), modules);
  }

  private static String format(Config fields) {
    for (String name : FORMAT) {
      if (fields.isText(name)) {
        return fields.string(name);
      }
    }
    return "";
  }

  /** What all groups say of weights, and nothing where they differ. */
  private static Config common(List<Config> groups) {
    Config common = Config.defaults();
    for (int i = 0; i < groups.size(); i++) {
      Config weights = groups.get(i).sub("weights");
      if (i == 0) {
        common = weights;
      } else if (bits(weights, weights) != bits(common, common)
          || !group(weights, weights).equals(group(common, common))) {
        return Config.defaults();
      }
    }
    return common;
  }

  /** The part that has the numbers of weights. */
  private static Config numbers(Config fields) {
    if (fields.isObject("config_groups")) {
      List<Config> groups = fields.sub("config_groups").parts();
      return common(groups);
    } else if (fields.isObject("quant_config")) {
      Config of = fields.sub("quant_config");
      return of.isObject("weight_quant_params") ? of.sub("weight_quant_params") : of;
    }
    return fields;
  }

  private static int bits(Config numbers, Config fields) {
    for (String name : BITS) {
      if (numbers.isInteger(name)) {
        return numbers.integer(name);
      }
    }
    return switch (text(fields, "weights")) { // As quanto says it.
      case "int2" -> 2;
      case "int4" -> 4;
      case "int8", "float8" -> 8;
      default -> 0;
    };
  }

  private static String group(Config numbers, Config fields) {
    if (fields.isIntegers("weight_block_size")) {
      List<Integer> sizes = fields.integers("weight_block_size");
      return sizes.size() == 2 ? sizes.get(0) + "x" + sizes.get(1) : "";
    }
    if (numbers.isText("block_structure")) {
      return numbers.string("block_structure");
    } else if (numbers.isIntegers("block_structure")) {
      List<Integer> sizes = numbers.integers("block_structure");
      return sizes.size() == 2 ? sizes.get(0) + "x" + sizes.get(1) : "";
    }
    for (String name : GROUP) {
      if (numbers.isInteger(name)) {
        int size = numbers.integer(name);
        return size > 0 ? Integer.toString(size) : Packing.ROW;
      }
    }
    return "";
  }

  private static String text(Config fields, String name) {
    return fields.isText(name) ? fields.string(name) : "";
  }
}
