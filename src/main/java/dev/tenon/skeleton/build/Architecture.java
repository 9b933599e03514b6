package dev.tenon.skeleton.build;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.names.Conversion;
import dev.tenon.skeleton.names.Patterns;
import dev.tenon.skeleton.names.Renaming;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * One class of a family: its name and how its modules are described from a config.
 *
 * @param className the class, such as {@code Gemma2ForCausalLM}
 * @param basePrefix the attribute the base model stands under, such as {@code model}
 * @param configKey where a joined model's config holds this class's own; empty if nowhere
 * @param defaults values of fields the config leaves out
 * @param describe from a config with its defaults to the block of the root module
 * @param patterns what the family says about names
 * @param renamings spellings of checkpoints
 * @param conversions layouts of checkpoints
 */
public record Architecture(
    String className,
    String basePrefix,
    String configKey,
    UnaryOperator<Config> defaults,
    Function<Config, Block> describe,
    Patterns patterns,
    List<Renaming> renamings,
    List<Conversion> conversions) {

  /** A class without patterns, renamings or conversions. */
  public static Architecture of(
      String className,
      String basePrefix,
      UnaryOperator<Config> defaults,
      Function<Config, Block> describe) {
    return new Architecture(
        className, basePrefix, "", defaults, describe, Patterns.NONE, List.of(), List.of());
  }

  /** This class as a part of a joined model, whose config holds its own under a key. */
  public Architecture within(String key) {
    return new Architecture(
        className, basePrefix, key, defaults, describe, patterns, renamings, conversions);
  }

  /** Adds expressions for slots whose absence is not reported. */
  public Architecture ignoreMissing(String... regexes) {
    return with(
        new Patterns(
            join(patterns.ignoreMissing(), regexes),
            patterns.ignoreUnexpected(),
            patterns.ignoreOnSave(),
            patterns.keepInFp32(),
            patterns.keepInFp32Strict()));
  }

  /** Adds expressions for checkpoint keys that are dropped in silence. */
  public Architecture ignoreUnexpected(String... regexes) {
    return with(
        new Patterns(
            patterns.ignoreMissing(),
            join(patterns.ignoreUnexpected(), regexes),
            patterns.ignoreOnSave(),
            patterns.keepInFp32(),
            patterns.keepInFp32Strict()));
  }

  /** Adds expressions for slots that are not written to checkpoints. */
  public Architecture ignoreOnSave(String... regexes) {
    return with(
        new Patterns(
            patterns.ignoreMissing(),
            patterns.ignoreUnexpected(),
            join(patterns.ignoreOnSave(), regexes),
            patterns.keepInFp32(),
            patterns.keepInFp32Strict()));
  }

  /** States the segments that stay float32 in float16 loads. */
  public Architecture keepInFp32(String... segments) {
    return with(
        new Patterns(
            patterns.ignoreMissing(),
            patterns.ignoreUnexpected(),
            patterns.ignoreOnSave(),
            List.of(segments),
            patterns.keepInFp32Strict()));
  }

  /** States the segments that stay float32 in float16 and bfloat16 loads. */
  public Architecture keepInFp32Strict(String... segments) {
    return with(
        new Patterns(
            patterns.ignoreMissing(),
            patterns.ignoreUnexpected(),
            patterns.ignoreOnSave(),
            patterns.keepInFp32(),
            List.of(segments)));
  }

  /** Adds a spelling of checkpoints; see {@link Renaming#of}. */
  public Architecture rename(String source, String target) {
    List<Renaming> more = new ArrayList<>(renamings);
    more.add(Renaming.of(source, target));
    return new Architecture(
        className,
        basePrefix,
        configKey,
        defaults,
        describe,
        patterns,
        List.copyOf(more),
        conversions);
  }

  /** Adds a layout of checkpoints. */
  public Architecture convert(Conversion conversion) {
    List<Conversion> more = new ArrayList<>(conversions);
    more.add(conversion);
    return new Architecture(
        className,
        basePrefix,
        configKey,
        defaults,
        describe,
        patterns,
        renamings,
        List.copyOf(more));
  }

  /** The skeleton of this class under a config. */
  public Skeleton skeleton(String modelType, Config config) {
    return SkeletonBuilder.build(this, modelType, defaults.apply(config));
  }

  /** Names of the slots that are matrices of {@code nn.Linear} modules, under a config. */
  public Set<String> linears(Config config) {
    return Linears.of(SkeletonBuilder.described(this, defaults.apply(config)));
  }

  /**
   * This class as a part of another model: what it says of names holds there too. Spellings and
   * layouts see the names below it.
   */
  public Block inside(Config config) {
    return describe
        .apply(config)
        .then(
            m -> {
              m.patterns(patterns);
              renamings.forEach(m::rename);
              conversions.forEach(m::convert);
            });
  }

  Block block(Config config) {
    return describe.apply(config);
  }

  private Architecture with(Patterns patterns) {
    return new Architecture(
        className, basePrefix, configKey, defaults, describe, patterns, renamings, conversions);
  }

  private static List<Pattern> join(List<Pattern> patterns, String... regexes) {
    List<Pattern> joined = new ArrayList<>(patterns);
    for (String regex : regexes) {
      joined.add(Pattern.compile(regex));
    }
    return List.copyOf(joined);
  }
}
