package dev.tenon.skeleton.atlas;

import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.atlas.AtlasStatement.Body;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.build.InitRules;
import dev.tenon.skeleton.build.Module;
import dev.tenon.skeleton.file.SpellingReader;
import dev.tenon.skeleton.json.SkeletonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A model type as a document of the atlas describes it; {@code docs/atlas.md} has the format. */
public final class AtlasFamily implements Family {
  static final String FORMAT = "tenon-atlas";
  private static final int VERSION = 3;
  private static final String TIED = "tie_word_embeddings";

  /** A tie of names in which {@code #} is a number, the same on both sides. */
  private record NamedTie(Pattern target, String source, Expression condition) {}

  private final String modelType;
  private final AtlasReader reader = new AtlasReader();
  private final AtlasFields fields;
  private final AtlasInits inits;
  private final Map<String, Body> blocks = new HashMap<>();
  private final List<Architecture> architectures = new ArrayList<>();

  AtlasFamily(SkeletonNode root) {
    root.only(
        Set.of(
            "format", "version", "producer", "modelType", "config", "classes", "blocks", "inits"));
    if (!root.field("format").text().equals(FORMAT)) {
      throw root.field("format").wrong(FORMAT);
    }
    root.field("version").integer(VERSION, VERSION);
    modelType = root.field("modelType").text();
    fields = new AtlasFields(root.field("config"), reader);
    inits = new AtlasInits(root, reader);
    for (SkeletonNode block : root.field("blocks").children()) {
      blocks.put(block.name(), reader.body(block));
    }
    for (SkeletonNode one : root.field("classes").children()) {
      architectures.add(architecture(one));
    }
  }

  @Override
  public String modelType() {
    return modelType;
  }

  @Override
  public List<Architecture> architectures() {
    return List.copyOf(architectures);
  }

  private Architecture architecture(SkeletonNode node) {
    node.only(
        Set.of(
            "root",
            "prefix",
            "ties",
            "values",
            "fixed",
            "unknown",
            "ignoreMissing",
            "ignoreUnexpected",
            "ignoreOnSave",
            "keepInFp32",
            "keepInFp32Strict",
            "renamings",
            "conversions"));
    Body root = reader.body(node.field("root"));
    List<NamedTie> ties = new ArrayList<>();
    if (node.has("ties")) {
      for (SkeletonNode tie : node.field("ties").items()) {
        ties.add(tie(tie));
      }
    }
    AtlasValues values = new AtlasValues(node, reader);
    return new Architecture(
        node.name(),
        node.field("prefix").text(),
        "",
        config -> config.withDefaults(fields.shallow()),
        config -> module -> describe(config, root, ties, values, module),
        SpellingReader.patternsOf(node),
        node.has("renamings")
            ? node.field("renamings").items().stream().map(SpellingReader::renaming).toList()
            : List.of(),
        node.has("conversions")
            ? node.field("conversions").items().stream().map(SpellingReader::conversion).toList()
            : List.of());
  }

  private NamedTie tie(SkeletonNode node) {
    node.only(Set.of("target", "source", "if"));
    String regex = Pattern.quote(node.field("target").text()).replace("#", "\\E(\\d+)\\Q");
    Expression condition =
        node.has("if") ? reader.expression(node.field("if")) : new Expression.Constant(true);
    return new NamedTie(Pattern.compile(regex), node.field("source").text(), condition);
  }

  private void describe(
      Config config, Body root, List<NamedTie> ties, AtlasValues buffers, Module module) {
    if (!config.modelType().isEmpty() && !config.modelType().equals(modelType)) {
      throw AtlasFields.refused(config, "model_type", config.modelType() + ", known=" + modelType);
    }
    Map<String, @Nullable Object> values = fields.of(config);
    // Which ties hold the document says itself.
    module.model(config.with(TIED, true), InitRules.NONE);
    new AtlasBlock(blocks, inits, values, config.toString()).describe(root, module);
    buffers.apply(module, values);
    for (NamedTie tie : ties) {
      if (Python.truth(tie.condition().value(values))) {
        bind(tie, "", module, module);
      }
    }
  }

  private static void bind(NamedTie tie, String prefix, Module at, Module root) {
    for (String own : at.parameters.keySet()) {
      Matcher matcher = tie.target().matcher(prefix + own);
      if (matcher.matches()) {
        String source = tie.source();
        for (int i = 1; i <= matcher.groupCount() && source.indexOf('#') >= 0; i++) {
          source = source.replaceFirst("#", matcher.group(i));
        }
        root.tie(exactly(matcher.group()), exactly(source));
      }
    }
    for (Map.Entry<String, Module> child : at.children.entrySet()) {
      bind(tie, prefix + child.getKey() + ".", child.getValue(), root);
    }
  }

  /** One slot's name as ties are declared: as it is if it looks like one, else quoted. */
  private static String exactly(String name) {
    return name.endsWith("weight") || name.endsWith("bias") ? name : Pattern.quote(name) + "$";
  }
}
