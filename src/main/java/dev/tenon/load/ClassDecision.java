package dev.tenon.load;

import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.plan.ClassByNames;
import dev.tenon.plan.PlanOptions;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.registry.ClassNames;
import dev.tenon.skeleton.registry.Families;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The class of a family that is taken for one the config does not name, or names as no family does.
 *
 * @param className the class, or null for none: nothing in the files is the family's
 * @param warning which it is and what decides it
 */
record ClassDecision(@Nullable String className, String warning) {
  /** Of a checkpoint: by the names in its headers, unless the spelling tells. */
  static ClassDecision of(Config config, Checkpoint checkpoint, PlanOptions options) {
    List<Architecture> classes = Families.ofType(config.modelType());
    String claimed = config.claimedClass();
    ClassByNames.Choice best =
        respelled(config) == null
            ? ClassByNames.of(checkpoint, config, classes, claimed, options)
            : null;
    if (best == null) {
      return of(config); // If nothing in the files is the family's, planning for its base says so.
    }
    String left = ", unexpected=%d, missing=%d".formatted(best.unexpected(), best.missing());
    return best.fits()
        ? new ClassDecision(
            best.className(),
            warning(
                config,
                "the one that fits the names in the files is loaded",
                "class=" + best.className() + left))
        : new ClassDecision(
            null,
            warning(
                config,
                "none of its type fits the names in the files, they are loaded as they are",
                "nearest=" + best.className() + left));
  }

  /**
   * Of a config alone: what the reference's {@code AutoModel} builds, unless the spelling tells.
   */
  static ClassDecision of(Config config) {
    String respelled = respelled(config);
    String name =
        respelled != null ? respelled : Families.baseModel(config.modelType()).className();
    String why =
        respelled != null
            ? "the one of that name is taken, but for upper and lower case"
            : "the base model of its type is taken";
    return new ClassDecision(name, warning(config, why, "class=" + name));
  }

  private static @Nullable String respelled(Config config) {
    String claimed = config.claimedClass();
    List<Architecture> classes = Families.ofType(config.modelType());
    return claimed == null ? null : ClassNames.respelled(claimed, ClassNames.of(classes));
  }

  private static String warning(Config config, String what, String which) {
    String claimed = config.claimedClass();
    return "The config names %s, so %s: file=%s, %s%s, modelType=%s, classes=%s. --class (LoadOptions.className) decides."
        .formatted(
            claimed == null ? "no class" : "a class that is not known",
            what,
            config,
            which,
            claimed == null ? "" : ", claimed=" + claimed,
            config.modelType(),
            ClassNames.of(Families.ofType(config.modelType())));
  }
}
