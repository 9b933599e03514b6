package dev.tenon.skeleton.registry;

import dev.tenon.TenonException;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.atlas.Atlas;
import dev.tenon.skeleton.atlas.AtlasFamily;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.build.Family;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All families on the class path or module path, looked up by class name. */
public final class Families {
  private Families() {}

  /** Every family there is, by model type. */
  public static List<Family> all() {
    List<Family> families = Registry.all();
    families.sort(Comparator.comparing(Family::modelType));
    return families;
  }

  /**
   * The skeleton of a class under a config, or null if no family has the class.
   *
   * @throws TenonException if the config does not describe a model of this class
   */
  public static @Nullable Skeleton find(String className, Config config) {
    Member member = member(className, config);
    return member == null ? null : skeleton(member, config);
  }

  private static Skeleton skeleton(Member member, Config config) {
    try {
      return member.architecture().skeleton(member.family().modelType(), member.own(config));
    } catch (TenonException e) {
      throw e.getMessage().contains("file=")
          ? e
          : within(member.architecture().className(), config, e);
    } catch (RuntimeException e) {
      // A family is written for sane numbers: heads that are 0 divide, sizes below 0 are no shape.
      throw new TenonException(
          "The config does not describe a model of its class: file=%s, class=%s, reason=%s"
              .formatted(config, member.architecture().className(), e),
          e);
    }
  }

  /** An error of a size, which knows nothing of the file it came from. */
  private static TenonException within(String className, Config config, TenonException e) {
    return new TenonException(
        "%s, file=%s, class=%s".formatted(e.getMessage(), config, className), e);
  }

  /** The classes of the family of a model type, in its order; empty if there is no such family. */
  public static List<Architecture> ofType(String modelType) {
    Family family = Registry.find(modelType);
    return family == null ? List.of() : family.architectures();
  }

  /**
   * A model type as a document in a file describes it; {@code docs/atlas.md} has the format.
   *
   * @throws TenonException if the file is not there, too large, not JSON, or not consistent
   */
  public static Family document(Path file) {
    return Atlas.read(file);
  }

  /** Whether a class is described by the atlas, and not stated in Java. */
  public static boolean described(String className, Config config) {
    Member member = member(className, config);
    return member != null && member.family() instanceof AtlasFamily;
  }

  /**
   * The skeleton of one of a family's classes under a config.
   *
   * @throws TenonException if the family has no such class, or the config does not describe one
   */
  public static Skeleton skeleton(Family family, String className, Config config) {
    Member member = member(className, family);
    if (member == null) {
      throw new TenonException(
          "The description lacks the class: class=%s, modelType=%s"
              .formatted(className, family.modelType()));
    }
    return skeleton(member, config);
  }

  /**
   * The base model of a family, without a head: what the reference's {@code AutoModel} builds.
   *
   * @throws TenonException if there is no such family
   */
  public static Architecture baseModel(String modelType) {
    List<Architecture> classes = ofType(modelType);
    if (classes.isEmpty()) {
      throw new TenonException("No family has this model type: modelType=" + modelType);
    }
    return classes.stream()
        .filter(architecture -> architecture.className().endsWith("Model"))
        .min(Comparator.comparingInt(architecture -> architecture.className().length()))
        .orElse(classes.get(0));
  }

  /** Whether a family has a class. */
  public static boolean has(String className, Config config) {
    return member(className, config) != null;
  }

  /** A config with its class's defaults for what it leaves out; itself if no family has it. */
  public static Config withDefaults(String className, Config config) {
    Member member = member(className, config);
    return member == null ? config : member.architecture().defaults().apply(member.own(config));
  }

  /**
   * The part of a joined model's config that a class is made from, as when CLIP's text model is
   * loaded from a checkpoint of CLIP; else, and if no family has the class, the config itself.
   */
  public static Config own(String className, Config config) {
    Member member = member(className, config);
    return member == null ? config : member.own(config);
  }

  /**
   * The skeleton of a class under a config.
   *
   * @param className the class; null for the first of the config's {@code architectures}
   * @throws TenonException if the class is neither given nor in the config, or no family has it:
   *     the message then names those nearest to it, of the config's own family if there is one
   */
  public static Skeleton skeleton(@Nullable String className, Config config) {
    String name = className != null ? className : first(config);
    Skeleton skeleton = find(name, config);
    if (skeleton == null) {
      throw new TenonException(
          ("No family has this class: class=%s, nearest=%s, modelType=%s, file=%s%s. Give a"
                  + " skeleton file for it.")
              .formatted(
                  name,
                  nearest(name, config.modelType()),
                  config.modelType(),
                  config,
                  reason(name)));
    }
    return skeleton;
  }

  /**
   * Names of the slots of a class that are matrices of {@code nn.Linear} modules; empty if no
   * family has the class.
   */
  public static Set<String> linears(String className, Config config) {
    Member member = member(className, config);
    return member == null ? Set.of() : member.architecture().linears(member.own(config));
  }

  /** The same of one of a family's classes. */
  public static Set<String> linears(Family family, String className, Config config) {
    Member member = member(className, family);
    return member == null ? Set.of() : member.architecture().linears(member.own(config));
  }

  private static List<String> nearest(String className, String modelType) {
    List<Architecture> classes = new ArrayList<>(ofType(modelType));
    if (classes.isEmpty()) {
      Registry.all().forEach(family -> classes.addAll(family.architectures()));
    }
    return ClassNames.nearest(className, ClassNames.of(classes));
  }

  /**
   * The family that has a class. One of the config's own model type is asked first, so that in the
   * usual case no other has to list its classes; what is stated in Java comes before the atlas,
   * even where that knows a part of a stated model by a type of its own.
   */
  private static @Nullable Member member(String className, Config config) {
    Family likely = Registry.find(config.modelType());
    Member member = likely == null ? null : member(className, likely);
    if (member != null) {
      return member;
    }
    for (Family family : Registry.all()) {
      member = member(className, family);
      if (member != null) {
        return member;
      }
    }
    Family described = likely == null ? Atlas.find(config.modelType()) : null;
    member = described == null ? null : member(className, described);
    if (member != null) {
      return member;
    }
    described = Atlas.ofClass(className);
    return described == null ? null : member(className, described);
  }

  private static @Nullable Member member(String className, Family family) {
    for (Architecture architecture : family.architectures()) {
      if (architecture.className().equals(className)) {
        return new Member(family, architecture);
      }
    }
    return null;
  }

  private record Member(Family family, Architecture architecture) {
    /** By the class's key, else by the family's model type: a text model may stand anywhere. */
    Config own(Config config) {
      String key = architecture.configKey();
      if (!key.isEmpty()) {
        return config.isObject(key) ? config.part(key) : config;
      } else if (!config.modelType().equals(family.modelType())) {
        for (String name : config.names()) {
          if (config.isObject(name) && config.sub(name).modelType().equals(family.modelType())) {
            return config.part(name);
          }
        }
      }
      return config;
    }
  }

  /** Why the atlas does not describe a class of the reference. */
  private static String reason(String className) {
    String reason = Atlas.leftOut().get(className);
    return reason == null ? "" : ", atlas=" + reason;
  }

  private static String first(Config config) {
    String name = config.claimedClass();
    if (name == null) {
      throw new TenonException(
          "Config names no class: file=" + config + ", field=architectures. Name the class.");
    }
    return name;
  }
}
