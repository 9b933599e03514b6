package dev.tenon.skeleton;

import dev.tenon.TenonException;
import java.util.Comparator;
import java.util.List;
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
    if (member == null) {
      return null;
    }
    try {
      return member.architecture().skeleton(member.family().modelType(), member.own(config));
    } catch (TenonException e) {
      throw e.getMessage().contains("file=") ? e : within(className, config, e);
    } catch (RuntimeException e) {
      // A family is written for sane numbers: heads that are 0 divide, sizes below 0 are no shape.
      throw new TenonException(
          "The config does not describe a model of its class: file=%s, class=%s, reason=%s"
              .formatted(config, className, e),
          e);
    }
  }

  /** An error of a size, which knows nothing of the file it came from. */
  private static TenonException within(String className, Config config, TenonException e) {
    return new TenonException(
        "%s, file=%s, class=%s".formatted(e.getMessage(), config, className), e);
  }

  /**
   * The base model of a family, without a head: what the reference's {@code AutoModel} builds.
   *
   * @throws TenonException if there is no such family
   */
  public static Architecture baseModel(String modelType) {
    Family family = Registry.find(modelType);
    if (family != null) {
      return family.architectures().stream()
          .filter(architecture -> architecture.className().endsWith("Model"))
          .min(Comparator.comparingInt(architecture -> architecture.className().length()))
          .orElseThrow();
    }
    throw new TenonException("No family has this model type: modelType=" + modelType);
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
   * @throws TenonException if the class is neither given nor in the config, or no family has it
   */
  public static Skeleton skeleton(@Nullable String className, Config config) {
    String name = className != null ? className : first(config);
    Skeleton skeleton = find(name, config);
    if (skeleton == null) {
      throw new TenonException(
          "No family has this class: class=%s, modelType=%s, file=%s. Give a skeleton file for it."
              .formatted(name, config.modelType(), config));
    }
    return skeleton;
  }

  /**
   * The family that has a class. One of the config's own model type is asked first, so that in the
   * usual case no other has to list its classes.
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
    return null;
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

  private static String first(Config config) {
    List<String> names = config.architectures();
    if (names.isEmpty()) {
      throw new TenonException(
          "Config names no class: file=" + config + ", field=architectures. Name the class.");
    }
    return names.get(0);
  }
}
