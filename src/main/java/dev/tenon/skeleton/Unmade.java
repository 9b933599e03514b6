package dev.tenon.skeleton;

import dev.tenon.skeleton.init.InitRule;
import dev.tenon.skeleton.init.InitStep;
import java.util.ArrayList;
import java.util.List;

/** Slots that no file holds and no rule makes: what a model is loaded without. */
public final class Unmade {
  private Unmade() {}

  /** Names of transient buffers whose values are not known, in the skeleton's order. */
  public static List<String> names(Skeleton skeleton) {
    List<String> names = new ArrayList<>();
    for (InitStep step : skeleton.steps()) {
      Slot slot = skeleton.slots().get(step.slot());
      if (step.rule() instanceof InitRule.Unknown && !slot.persistent()) {
        names.add(slot.name());
      }
    }
    return names;
  }

  /** The skeleton without these slots. */
  public static Skeleton without(Skeleton skeleton, List<String> names) {
    if (names.isEmpty()) {
      return skeleton;
    }
    List<Slot> slots = new ArrayList<>();
    int[] places = new int[skeleton.slots().size()];
    for (int i = 0; i < places.length; i++) {
      boolean kept = !names.contains(skeleton.slots().get(i).name());
      places[i] = kept ? slots.size() : -1;
      if (kept) {
        slots.add(skeleton.slots().get(i));
      }
    }
    List<InitStep> steps = new ArrayList<>();
    for (InitStep step : skeleton.steps()) {
      if (places[step.slot()] >= 0) {
        steps.add(new InitStep(places[step.slot()], step.rule(), step.always()));
      }
    }
    return new Skeleton(
        skeleton.className(),
        skeleton.modelType(),
        skeleton.basePrefix(),
        slots,
        skeleton.ties(),
        steps,
        skeleton.patterns(),
        skeleton.renamings(),
        skeleton.conversions());
  }
}
