package dev.tenon.load;

import dev.tenon.LoadOptions;
import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.directory.CheckpointFiles;
import dev.tenon.plan.PlanOptions;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Unmade;
import dev.tenon.skeleton.build.Family;
import dev.tenon.skeleton.file.SkeletonFile;
import dev.tenon.skeleton.registry.Families;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one place where it is decided what a model must have: the skeleton file that was asked for,
 * else the one beside the weights, else the family of the class asked for, or of the first class in
 * the config, or of the config's {@code model_type} if no family has that class, else the atlas. A
 * document of the atlas that was asked for goes before the families. Immutable.
 */
public final class SkeletonSource {
  private static final String TIED = "tie_word_embeddings";

  private final @Nullable String text;
  private final @Nullable Skeleton file;
  private final @Nullable Family document;
  private final boolean loading;

  /** The class asked for or decided on, or null for the config's. */
  private final @Nullable String className;

  private final List<String> warnings;

  /**
   * A source for a model.
   *
   * @param directory where its weights or its config are
   * @param loading whether there are weights, so that what is neither stored nor known is left out
   * @throws TenonException if a skeleton file is not valid, or is asked for and of another class
   *     than the options say
   */
  SkeletonSource(LoadOptions options, Path directory, boolean loading) {
    this.className = options.className();
    this.warnings = List.of();
    this.loading = loading;
    this.document = options.atlas() == null ? null : Families.document(options.atlas());
    Path asked = options.skeleton();
    Path path = asked != null ? asked : directory.resolve(SkeletonFile.NAME);
    String json = asked != null || CheckpointFiles.isThere(path) ? SkeletonFile.text(path) : null;
    Skeleton skeleton = json == null ? null : SkeletonFile.parse(path, json);
    if (skeleton == null || className == null || className.equals(skeleton.className())) {
      this.text = json;
      this.file = skeleton;
    } else if (asked == null) {
      // The file beside the weights is for the class they were saved from; this is another one.
      this.text = null;
      this.file = null;
    } else {
      throw new TenonException(
          "The skeleton file is of another class: file=%s, expected=%s, actual=%s"
              .formatted(path, className, skeleton.className()));
    }
  }

  private SkeletonSource(
      SkeletonSource undecided, @Nullable String className, List<String> warnings) {
    this.text = undecided.text;
    this.file = undecided.file;
    this.document = undecided.document;
    this.loading = undecided.loading;
    this.className = className;
    this.warnings = warnings;
  }

  /** This source, once it is decided which class a checkpoint is of. */
  SkeletonSource decided(Config config, Checkpoint checkpoint, PlanOptions options) {
    return isDecided(config) ? this : decided(ClassDecision.of(config, checkpoint, options));
  }

  /** This source, once it is decided which class a config alone is of. */
  SkeletonSource decided(Config config) {
    return isDecided(config) ? this : decided(ClassDecision.of(config));
  }

  private boolean isDecided(Config config) {
    String claimed = file != null || className != null ? null : config.claimedClass();
    return file != null
        || document != null
        || className != null
        || claimed != null && Families.has(claimed, config)
        || Families.ofType(config.modelType()).isEmpty();
  }

  private SkeletonSource decided(ClassDecision decision) {
    return new SkeletonSource(this, decision.className(), List.of(decision.warning()));
  }

  /** What to say of how the class was decided. */
  List<String> warnings() {
    return warnings;
  }

  /** The skeleton file's text; null if there is no file. */
  @Nullable String file() {
    return text;
  }

  /** The skeleton file's text for what became of its model; null if there is no file. */
  @Nullable String file(Skeleton now) {
    return text == null ? null : SkeletonFile.revised(text, now);
  }

  /**
   * The skeleton under a config.
   *
   * @throws TenonException if there is none
   */
  public Skeleton require(Config config) {
    if (file != null) {
      return file;
    } else if (document == null) {
      return made(Families.skeleton(className, config));
    }
    String name = className(config);
    if (name == null) {
      throw new TenonException("Config names no class: file=" + config + ". Name the class.");
    }
    return made(Families.skeleton(document, name, config));
  }

  /**
   * The skeleton under a config, or null if nothing describes the model, so that the names in its
   * files are all there is to go by.
   *
   * @throws TenonException if the options ask for a class that no family has
   */
  @Nullable Skeleton find(Config config) {
    if (file != null || document != null || className != null) {
      return require(config);
    }
    String name = className(config);
    Skeleton skeleton = name == null ? null : Families.find(name, config);
    return skeleton == null ? null : made(skeleton);
  }

  /** Sentences on what a load leaves out of a model. */
  List<String> warnings(Config config) {
    String name = className(config);
    if (!described(config) || name == null) {
      return List.of();
    }
    Skeleton whole =
        document == null
            ? Families.skeleton(name, config)
            : Families.skeleton(document, name, config);
    List<String> names = Unmade.names(whole);
    return names.isEmpty()
        ? List.of()
        : List.of(
            "Left out, for files do not hold it and how it is computed is not known: slots=%s"
                .formatted(names.size() > 5 ? names.subList(0, 5) + " …" : names));
  }

  private Skeleton made(Skeleton skeleton) {
    return loading ? Unmade.without(skeleton, Unmade.names(skeleton)) : skeleton;
  }

  /**
   * A source for a model without weights; see {@link #SkeletonSource(LoadOptions, Path, boolean)}.
   */
  public SkeletonSource(LoadOptions options, Path directory) {
    this(options, directory, false);
  }

  /** Slots that are matrices of {@code nn.Linear} modules; none if nothing says which. */
  Set<String> linears(Config config) {
    String name = className(config);
    if (file != null || name == null) {
      return Set.of();
    }
    return document == null
        ? Families.linears(name, config)
        : Families.linears(document, name, config);
  }

  /** Whether the skeleton is the atlas's, so that the checkpoint is to be held against it. */
  boolean described(Config config) {
    String name = className(config);
    return file == null && name != null && (document != null || Families.described(name, config));
  }

  /**
   * The skeleton under a config whose {@code tie_word_embeddings} has changed.
   *
   * @throws TenonException if there is none, or ties are asked for that a skeleton file lacks
   */
  Skeleton retied(Config config) {
    if (file == null) {
      return require(config);
    } else if (!config.flag(TIED, false)) {
      return file.withTies(List.of());
    } else if (file.ties().isEmpty()) {
      throw new TenonException(
          "The skeleton file declares no ties: class=%s. Export it again from a config with %s."
              .formatted(file.className(), TIED));
    }
    return file;
  }

  /** The part of the config that the class is made from: all of it, but for a joined model's. */
  public Config own(Config config) {
    String name = className(config);
    return file != null || document != null || name == null ? config : Families.own(name, config);
  }

  /** The config with its family's defaults; itself if no family has the class. */
  Config withDefaults(Config config) {
    if (file != null) {
      return config.mentions(TIED) ? config : config.with(TIED, !file.ties().isEmpty());
    }
    String name = className(config);
    return name == null ? config : Families.withDefaults(name, config);
  }

  private @Nullable String className(Config config) {
    return className != null ? className : config.claimedClass();
  }
}
