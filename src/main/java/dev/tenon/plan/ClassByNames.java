package dev.tenon.plan;

import dev.tenon.TenonException;
import dev.tenon.checkpoint.Checkpoint;
import dev.tenon.checkpoint.TensorEntry;
import dev.tenon.plan.names.KeyNames;
import dev.tenon.plan.names.SlotNames;
import dev.tenon.skeleton.Config;
import dev.tenon.skeleton.Skeleton;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.build.Architecture;
import dev.tenon.skeleton.registry.ClassNames;
import dev.tenon.skeleton.registry.Families;
import dev.tenon.tensor.DType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of a family's classes a checkpoint is of, where its config does not say: told from the
 * names and shapes in its headers. Pure, and the same for the same headers.
 *
 * <p>Each class is planned for, and the one is taken whose plan leaves the fewest keys unexpected;
 * of several, in this order, the one that misses the fewest slots; whose head is for what the name
 * the config gives says; whose names have the base model's prefix where keys have it, or have not
 * where no key has; that has the most slots, so that a tied head is not lost; that predicts masked
 * words, or the next one if the config is a decoder's; that the family states first.
 */
public final class ClassByNames {
  /** A class fits that misses no more than one slot in so many. */
  private static final int MOST_MISSING = 4;

  private final Checkpoint checkpoint;
  private final Config config;
  private final PlanOptions options;
  private final String claimed;
  private final String usual;

  private ClassByNames(
      Checkpoint checkpoint, Config config, @Nullable String claimed, PlanOptions options) {
    this.checkpoint = checkpoint;
    this.config = config;
    this.options = new PlanOptions(DType.F32, true, options.keyMapping());
    this.claimed = claimed == null ? "" : ClassNames.task(claimed);
    this.usual = ClassNames.task(config.flag("is_decoder", false) ? "ForCausalLM" : "ForMaskedLM");
  }

  /**
   * How a class takes the files.
   *
   * @param className the class
   * @param unexpected keys it has no slot for
   * @param missing slots no key fills or fits
   * @param fits whether that is little enough for the files to be its
   */
  public record Choice(String className, int unexpected, int missing, boolean fits) {}

  /**
   * The class that takes the files best, or null if the family has none that takes anything.
   *
   * @param classes of one family
   * @param claimed the class that the config names, which no family has; or null
   */
  public static @Nullable Choice of(
      Checkpoint checkpoint,
      Config config,
      List<Architecture> classes,
      @Nullable String claimed,
      PlanOptions options) {
    ClassByNames names = new ClassByNames(checkpoint, config, claimed, options);
    Choice best = null;
    long[] bestRank = {};
    for (Architecture architecture : classes) {
      LoadPlan plan = names.plan(architecture.className());
      if (plan != null) {
        long[] rank = names.rank(plan);
        if (best == null || isLess(rank, bestRank)) {
          best = choice(plan);
          bestRank = rank;
        }
      }
    }
    return best;
  }

  /** What loading as a class would do, or null if it would do nothing. */
  private @Nullable LoadPlan plan(String className) {
    try {
      Config own = Families.own(className, config);
      Skeleton skeleton = Families.find(className, config);
      return skeleton == null ? null : Planner.plan(checkpoint, skeleton, own, options);
    } catch (TenonException e) {
      return null; // The config is not this class's, or nothing in the files is.
    }
  }

  /** Less is better, the first difference decides. */
  private long[] rank(LoadPlan plan) {
    Skeleton skeleton = plan.skeleton();
    String task = ClassNames.task(skeleton.className());
    return new long[] {
      plan.unexpected().size(),
      missing(plan),
      claimed.isEmpty() || task.equals(claimed) ? 0 : 1,
      prefixed(skeleton) == based(skeleton) ? 0 : 1,
      -skeleton.slots().size(),
      task.equals(usual) ? 0 : 1
    };
  }

  private static boolean isLess(long[] rank, long[] other) {
    for (int i = 0; i < rank.length; i++) {
      if (rank[i] != other[i]) {
        return rank[i] < other[i];
      }
    }
    return false;
  }

  private static Choice choice(LoadPlan plan) {
    int missing = missing(plan);
    boolean fits = missing * MOST_MISSING <= plan.steps().size();
    return new Choice(plan.skeleton().className(), plan.unexpected().size(), missing, fits);
  }

  private static int missing(LoadPlan plan) {
    int missing = plan.missing().size();
    for (Mismatch mismatch : plan.mismatched()) {
      missing += Mismatches.isEmpty(mismatch) ? 0 : 1;
    }
    return missing;
  }

  /** Whether keys have the base model's prefix. */
  private boolean prefixed(Skeleton skeleton) {
    KeyNames keys =
        KeyNames.of(checkpoint.entries(), options.keyMapping(), new SlotNames(skeleton));
    List<TensorEntry> entries = checkpoint.entries();
    for (int i = 0; i < entries.size(); i++) {
      if (keys.get(i).startsWith(skeleton.basePrefix() + ".")) {
        return true;
      }
    }
    return false;
  }

  /** Whether slots do. */
  private static boolean based(Skeleton skeleton) {
    for (Slot slot : skeleton.slots()) {
      if (slot.name().startsWith(skeleton.basePrefix() + ".")) {
        return true;
      }
    }
    return false;
  }
}
