package dev.tenon.adapter;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.names.Search;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** An adapter's {@code adapter_config.json}. Immutable. Source: {@code LoraConfig} of peft 0.21. */
public final class AdapterConfig {
  private static final int DEFAULT = 8;
  private static final String RANKS = "rank_pattern";
  private static final String ALPHAS = "alpha_pattern";

  private final Config config;
  private final List<Pattern> ranks;
  private final List<Pattern> alphas;

  private AdapterConfig(Config config) {
    this.config = config;
    this.ranks = patterns(config.sub(RANKS));
    this.alphas = patterns(config.sub(ALPHAS));
  }

  /**
   * Reads an adapter's config.
   *
   * @param directory where it lies
   * @throws TenonException if it is not there or not valid, or asks for what is not merged
   */
  public static AdapterConfig read(Path directory) {
    Path file = directory.resolve(AdapterFiles.CONFIG);
    if (!Files.isRegularFile(file)) {
      throw new TenonException("An adapter has no config: file=" + file);
    }
    Config config = Config.read(file);
    Refusals.check(config);
    return new AdapterConfig(config);
  }

  /** The path or name of the model an adapter was trained on, or null if its config has none. */
  public static @Nullable String base(Path directory) {
    Path file = directory.resolve(AdapterFiles.CONFIG);
    if (!Files.isRegularFile(file)) {
      return null;
    }
    Config config = Config.read(file);
    String name = config.string("base_model_name_or_path", "");
    return name.isEmpty() ? null : name;
  }

  /** The revision of that model, or null if the config has none. */
  public static @Nullable String revision(Path directory) {
    String revision = Config.read(directory.resolve(AdapterFiles.CONFIG)).string("revision", "");
    return revision.isEmpty() ? null : revision;
  }

  /** Fields that have a value and that this version knows nothing about. */
  List<String> unknown() {
    return Refusals.unknown(config);
  }

  /** The rank of a module's factors. */
  int rank(String module) {
    String key = first(ranks, module);
    int rank = key == null ? config.integer("r", DEFAULT) : config.sub(RANKS).integer(key);
    if (rank <= 0) {
      throw new TenonException(
          "An adapter's rank is not positive: file=%s, module=%s, rank=%d"
              .formatted(config, module, rank));
    }
    return rank;
  }

  /** What a module's product is multiplied by. */
  double scale(String module) {
    String key = first(alphas, module);
    double alpha =
        key == null ? config.number("lora_alpha", DEFAULT) : config.sub(ALPHAS).number(key);
    int rank = rank(module);
    return config.flag("use_rslora", false) ? alpha / Math.sqrt(rank) : alpha / rank;
  }

  boolean isDora() {
    return config.flag("use_dora", false);
  }

  boolean hasBias() {
    return config.flag("lora_bias", false);
  }

  /** Whether weights of {@code Conv1D}, whose rows are inputs, are among what is changed. */
  boolean fansInFirst() {
    return config.flag("fan_in_fan_out", false);
  }

  boolean keepsTies() {
    return config.flag("ensure_weight_tying", false);
  }

  /** The outermost module around a parameter that the adapter has a copy of, or null if none. */
  @Nullable String copied(String parameter) {
    List<String> names = config.strings("modules_to_save");
    for (int dot = parameter.indexOf('.'); dot > 0; dot = parameter.indexOf('.', dot + 1)) {
      String module = parameter.substring(0, dot);
      for (String name : names) {
        if (module.endsWith(name)) { // Of any module: "head" is found in "lm_head" too.
          return module;
        }
      }
    }
    return null;
  }

  /** Whether a parameter that is no module's weight has factors of its own. */
  boolean targets(String parameter) {
    for (String name : config.strings("target_parameters")) {
      if (parameter.equals(name) || parameter.endsWith("." + name)) {
        return true;
      }
    }
    return false;
  }

  /** The first pattern that a module's name ends with, as it is in the config; or null. */
  private static @Nullable String first(List<Pattern> patterns, String module) {
    for (Pattern pattern : patterns) {
      if (Search.first(pattern, module) != null) {
        String whole = pattern.pattern();
        return whole.substring(HEAD.length(), whole.length() - TAIL.length());
      }
    }
    return null;
  }

  private static final String HEAD = "^(.*\\.)?(";
  private static final String TAIL = ")$";

  private static List<Pattern> patterns(Config keys) {
    List<Pattern> patterns = new ArrayList<>();
    for (String key : keys.names()) {
      try {
        patterns.add(Pattern.compile(HEAD + key + TAIL));
      } catch (PatternSyntaxException e) {
        throw new TenonException(
            "A pattern is no regular expression: file=%s, pattern=%s, reason=%s"
                .formatted(keys, key, e.getDescription()),
            e);
      }
    }
    return patterns;
  }

  @Override
  public String toString() {
    return config.toString();
  }
}
