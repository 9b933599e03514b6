package dev.tenon.load;

import dev.tenon.LoadOptions;
import dev.tenon.TenonException;
import dev.tenon.plan.LoadPlan;
import dev.tenon.plan.Step;
import dev.tenon.skeleton.Slot;
import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.InitStep;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Holds a description that was found by tracing against the checkpoint's header: what the files
 * have in a module that the description knows otherwise, and what they lack and nobody can make.
 */
final class Contradictions {
  private static final int MOST_NAMES = 5;

  private Contradictions() {}

  /**
   * Checks a plan.
   *
   * @throws TenonException if the checkpoint has another parameter in a module of the description,
   *     or lacks one whose initial value is not known and no initialiser of the user's is asked for
   */
  static void check(LoadPlan plan, Path path, LoadOptions options) {
    Set<String> modules = new HashSet<>();
    for (Slot slot : plan.skeleton().slots()) {
      modules.add(module(slot.name()));
    }
    List<String> unexpected = new ArrayList<>();
    for (String name : plan.unexpected()) {
      if (modules.contains(module(name))) {
        unexpected.add(name);
      }
    }
    List<String> missing = options.initializer() == null ? unmade(plan) : List.of();
    if (!unexpected.isEmpty() || !missing.isEmpty()) {
      throw new TenonException(
          ("The checkpoint and the atlas's description of its class do not agree: file=%s,"
                  + " class=%s, missing=%s, unexpected=%s. Describe the model with"
                  + " export_skeleton.py.")
              .formatted(path, plan.skeleton().className(), some(missing), some(unexpected)));
    }
  }

  /** What checkpoints hold, this one lacks, and no rule makes. */
  private static List<String> unmade(LoadPlan plan) {
    List<String> missing = new ArrayList<>();
    for (InitStep step : plan.skeleton().steps()) {
      Step planned = plan.steps().get(step.slot());
      if (step.rule() instanceof InitRule.Unknown
          && planned instanceof Step.Initialize
          && planned.slot().persistent()) {
        missing.add(planned.slot().name());
      }
    }
    return missing;
  }

  private static String module(String name) {
    return name.substring(0, Math.max(0, name.lastIndexOf('.')));
  }

  private static List<String> some(List<String> names) {
    if (names.size() <= MOST_NAMES) {
      return names;
    }
    List<String> some = new ArrayList<>(names.subList(0, MOST_NAMES));
    some.add("… and " + (names.size() - MOST_NAMES) + " more");
    return some;
  }
}
